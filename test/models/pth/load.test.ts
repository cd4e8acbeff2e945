import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, loadPth, Tensor } from '../../../ts';

const golden = (name: string): string => join(__dirname, '../../golden/pth', name);

interface Checkpoint {
  model: Record<string, Tensor>;
  optimizer: { state: Record<string, { step: Tensor }>; param_groups: unknown[] };
  [key: string]: unknown;
}

/** A copy of a golden file, changed. */
function altered(name: string, change: (bytes: Buffer) => Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'pth-')), name);
  writeFileSync(path, change(readFileSync(golden(name))));
  return path;
}

describe('loadPth', () => {
  for (const container of ['zip.pth', 'legacy.pth']) {
    describe(container, () => {
      const checkpoint = loadPth(golden(container)) as unknown as Checkpoint;
      const rows = [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9, 10, 11],
      ];

      it('gives tensors of every type and shape', () => {
        const { weight, half, count, flags, empty } = checkpoint.model;
        assert.deepEqual(weight!.toArray(), rows);
        assert.deepEqual([half!.dtype, half!.toArray()], ['bfloat16', [1.5, -2]]);
        assert.deepEqual([count!.dtype, count!.item()], ['int64', 7]);
        assert.deepEqual([flags!.dtype, flags!.toArray()], ['bool', [true, false]]);
        assert.deepEqual(empty!.shape, [0, 3]);
      });

      it('keeps strides and offsets', () => {
        const columns = [1, 2, 3].map((column) => rows.map((row) => row[column]));
        assert.deepEqual(checkpoint.model.transposed!.toArray(), columns);
      });

      it('gives a parameter that requires a gradient', () => {
        assert.equal(checkpoint.model.parameter!.requiresGrad, true);
      });

      it('shares one storage among the tensors that shared it', () => {
        const { weight, transposed } = (loadPth(golden(container)) as unknown as Checkpoint).model;
        weight!.indexPut_([0, 1], 99);
        assert.equal(transposed!.index(0, 0).item(), 99);
      });

      it('gives the plain values beside the tensors', () => {
        const { epoch, lr, best, args, size, dtype, optimizer } = checkpoint;
        assert.deepEqual(
          { epoch, lr, best, size, dtype },
          { epoch: 3, lr: 1e-3, best: null, size: [1, 2], dtype: 'float16' },
        );
        assert.deepEqual(args, { backbone: 'resnet50', dilation: false });
        assert.equal(optimizer.state['0']!.step.item(), 1);
        assert.deepEqual(optimizer.param_groups, [{ betas: [0.9, 0.99], id: 2n ** 60n }]);
      });
    });
  }

  it('leaves the file as it was when a tensor is written to', () => {
    const path = altered('zip.pth', (bytes) => bytes);
    (loadPth(path) as unknown as Checkpoint).model.weight!.zero_();
    assert.deepEqual(readFileSync(path), readFileSync(golden('zip.pth')));
  });

  it('refuses a pickle that names a function, by that name', () => {
    assert.throws(
      () => loadPth(golden('hostile.pth')),
      (error) => error instanceof InputError && /call posix\.system, .*nothing was run/.test(error.message),
    );
  });

  for (const container of ['zip.pth', 'legacy.pth']) {
    it(`says that ${container} is cut short`, () => {
      const path = altered(container, (bytes) => bytes.subarray(0, bytes.length - 60));
      assert.throws(() => loadPth(path), InputError);
    });

    it(`never crashes on ${container} with a damaged byte`, () => {
      const { length } = readFileSync(golden(container));
      for (let at = 0; at < length; at += 11) {
        const path = altered(container, (bytes) => {
          bytes[at] = bytes[at]! ^ 0x5a;
          return bytes;
        });
        try {
          loadPth(path);
        } catch (error) {
          assert.ok(error instanceof Error && 'code' in error, `byte ${at}: ${String(error)}`);
        }
      }
    });
  }

  it('says what it expected of another kind of file', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'pth-')), 'text.pth');
    writeFileSync(path, 'hello');
    assert.throws(() => loadPth(path), /expected a PyTorch checkpoint .* found 5 bytes of something else/);
    assert.throws(() => loadPth(join(tmpdir(), 'absent.pth')), /expected a PyTorch checkpoint, found none/);
  });
});
