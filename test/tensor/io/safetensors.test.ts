import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { safetensors, type DType, type Tensor } from '../../../ts/tensor';
import { assertSame, goldenJson } from '../../nn/golden';

const golden = path.join(__dirname, '../../golden', 'tensor-files.safetensors');

interface Described {
  dtype: DType;
  shape: number[];
  values: unknown;
}

describe('safetensors', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'torchts-safetensors-'))));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string): string => path.join(folder, name);

  function saved(tensors: Record<string, Tensor>, metadata?: Record<string, string>): string {
    const target = file('saved.safetensors');
    safetensors.save(tensors, target, metadata);
    return target;
  }

  describe('load', () => {
    for (const [name, { dtype, shape, values }] of Object.entries(
      goldenJson<Record<string, Described>>('tensor-files'),
    )) {
      it(`reads what Python wrote: ${name}`, () => {
        const tensor = safetensors.load(golden)[name]!;
        assert.deepEqual([tensor.dtype, tensor.shape], [dtype, shape]);
        const numbers = dtype.startsWith('complex') ? torch.viewAsReal(tensor).select(-1, 0) : tensor;
        assert.deepEqual(numbers.to('float64').toArray(), values);
      });
    }

    it('reads the metadata', () => {
      assert.deepEqual(safetensors.metadata(golden), { format: 'pt', note: 'größe' });
      assert.deepEqual(safetensors.metadata(saved({})), {});
    });

    it('copies the file: what is written to a tensor never reaches it, nor a second reading', () => {
      const target = saved({ x: torch.ones([4]) });
      const before = readFileSync(target);
      const first = safetensors.load(target).x!;
      first.fill_(7);
      assert.deepEqual(safetensors.load(target).x!.toArray(), [1, 1, 1, 1]);
      assert.ok(readFileSync(target).equals(before));
      assert.deepEqual(first.toArray(), [7, 7, 7, 7]);
    });

    it('a loaded tensor outlives its file, and lives on when it is written anew', () => {
      const target = saved({ x: torch.ones([1000]) });
      const { x } = safetensors.load(target) as { x: Tensor };
      safetensors.save({ x: torch.zeros([1000]) }, target);
      assert.equal(x.sum().item(), 1000);
      rmSync(target);
      assert.equal(x.sum().item(), 1000);
    });

    it('gives ordinary tensors: they train, and may be disposed one by one', () => {
      const { a, b } = safetensors.load(saved({ a: torch.ones([2]), b: torch.ones([2]) })) as { a: Tensor; b: Tensor };
      a.requiresGrad_();
      a.mul(3).sum().backward();
      b.dispose();
      assert.deepEqual(a.grad!.toArray(), [3, 3]);
    });
  });

  describe('save', () => {
    it('writes every type so that it comes back bit by bit', () => {
      const tensors = safetensors.load(golden);
      const again = safetensors.load(saved(tensors));
      assert.deepEqual(Object.keys(again).sort(), Object.keys(tensors).sort());
      for (const [name, tensor] of Object.entries(tensors)) assertSame(again[name]!, tensor, name);
    });

    it("writes the file that Python's writer writes, byte by byte", () => {
      const tensors = safetensors.load(golden);
      assert.ok(readFileSync(saved(tensors, { format: 'pt', note: 'größe' })).equals(readFileSync(golden)));
    });

    it('writes views, strides, conjugates and shared memory as what they look like', () => {
      const x = torch.arange(6).view(2, 3);
      const complex = torch.tensor([{ re: 1, im: 2 }]);
      const back = safetensors.load(
        saved({
          x,
          transposed: x.T,
          part: x.index(0),
          same: x,
          wide: torch.ones([1]).expand(3),
          conj: complex.conj(),
          w: torch.ones([1], { requiresGrad: true }),
        }),
      );
      assert.deepEqual(back.transposed!.toArray(), [
        [0, 3],
        [1, 4],
        [2, 5],
      ]);
      assert.deepEqual(
        [back.x!.toArray(), back.same!.toArray(), back.part!.toArray(), back.wide!.toArray()],
        [x.toArray(), x.toArray(), [0, 1, 2], [1, 1, 1]],
      );
      assert.deepEqual([back.conj!.toArray(), back.w!.requiresGrad], [[{ re: 1, im: -2 }], false]);
    });

    it('keeps metadata, and names of every kind', () => {
      const names = ['größe', 'with "quotes"', '10', '9', 'a.b.c', '', '__proto__', 'constructor'];
      const tensors = Object.fromEntries(names.map((name, i) => [name, torch.tensor([i])]));
      const target = saved(tensors, { epoch: '3' });
      const back = safetensors.load(target);
      for (const [i, name] of names.entries())
        assert.equal(Object.getOwnPropertyDescriptor(back, name)!.value.item(), i, name);
      assert.deepEqual(safetensors.metadata(target), { epoch: '3' });
    });

    it('begins the bytes of each tensor at a multiple of its size', () => {
      const target = saved({
        byte: torch.ones([3], { dtype: 'uint8' }),
        half: torch.ones([3], { dtype: 'float16' }),
        double: torch.ones([1], { dtype: 'float64' }),
        single: torch.ones([1]),
      });
      const buffer = readFileSync(target);
      const length = Number(buffer.readBigUInt64LE());
      assert.equal(length % 8, 0);
      const header = JSON.parse(buffer.subarray(8, 8 + length).toString()) as Record<
        string,
        { data_offsets: [number, number] }
      >;
      assert.deepEqual(
        Object.entries(header)
          .map(
            ([
              name,
              {
                data_offsets: [from],
              },
            ]) => [name, from],
          )
          .sort(),
        [
          ['byte', 18],
          ['double', 0],
          ['half', 12],
          ['single', 8],
        ],
      );
    });

    it('leaves no half-written file, and keeps the old one, when a tensor cannot be written', () => {
      const target = saved({ x: torch.ones([1]) });
      assert.throws(
        () => safetensors.save({ x: torch.zeros([1]), meta: torch.zeros([1], { device: 'meta' }) }, target),
        TorchError,
      );
      assert.equal(safetensors.load(target).x!.item(), 1);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.endsWith('.tmp')),
        [],
      );
    });

    const refused: readonly [what: string, save: () => void, message: RegExp][] = [
      [
        'a type that the format has no name for',
        () => saved({ x: torch.ones([1], { dtype: 'complex128' }) }),
        /tensor 'x' has dtype complex128, which the format does not hold/,
      ],
      ['something else than a tensor', () => saved({ x: 5 as never }), /expected a tensor as 'x', found number/],
      [
        'the name that the format keeps for itself',
        () => saved({ __metadata__: torch.ones([1]) }),
        /no tensor can have the name '__metadata__'/,
      ],
      [
        'metadata that is no text',
        () => saved({}, { epoch: 3 as never }),
        /expected metadata that maps strings to strings/,
      ],
      [
        'a folder that is not there',
        () => safetensors.save({}, file('none/x.safetensors')),
        /none.x\.safetensors.*cannot be written: the folder .* does not exist \(ENOENT/,
      ],
    ];
    for (const [what, save, message] of refused) {
      it(`refuses ${what}`, () =>
        assert.throws(save, (error: unknown) => error instanceof InputError && message.test(error.message)));
    }
  });

  describe('a damaged file', () => {
    /** A file of that header and so many bytes after it. */
    function written(header: unknown, bytes: number | Buffer, length?: bigint): string {
      const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
      const prefix = Buffer.alloc(8);
      prefix.writeBigUInt64LE(length ?? BigInt(text.length));
      writeFileSync(
        file('damaged.safetensors'),
        Buffer.concat([prefix, text, typeof bytes === 'number' ? Buffer.alloc(bytes) : bytes]),
      );
      return file('damaged.safetensors');
    }
    const entry = (from: number, to: number, shape: unknown = [(to - from) / 4], dtype: unknown = 'F32'): object => ({
      dtype,
      shape,
      data_offsets: [from, to],
    });

    const cases: readonly [what: string, make: () => string, message: RegExp][] = [
      [
        'is not there',
        () => file('absent.safetensors'),
        /absent\.safetensors: expected a safetensors file, found none that can be opened: there is no such file or folder \(ENOENT/,
      ],
      [
        'is a folder',
        () => {
          mkdirSync(file('folder'), { recursive: true });
          return file('folder');
        },
        /found a folder/,
      ],
      [
        'is empty',
        () => {
          writeFileSync(file('empty'), '');
          return file('empty');
        },
        /found 0 bytes without a valid header/,
      ],
      [
        'is shorter than its prefix',
        () => {
          writeFileSync(file('short'), 'abc');
          return file('short');
        },
        /found 3 bytes without a valid header/,
      ],
      [
        'is text',
        () => {
          writeFileSync(file('text'), '<!DOCTYPE html><html></html>');
          return file('text');
        },
        /without a valid header/,
      ],
      ['has a header of no length', () => written('', 0), /without a valid header/],
      [
        'has a header longer than the file',
        () => written({ x: entry(0, 4) }, 4, 5000n),
        /the header is to have 5000 bytes, the file has \d+ in all; it is cut short, fetch it again/,
      ],
      ['has a header length beyond all bounds', () => written({}, 0, 2n ** 63n), /without a valid header/],
      [
        'has a header that is no JSON',
        () => written('{"x": ', 0),
        /the safetensors header is not valid JSON; the file is damaged/,
      ],
      ['has a header that is null', () => written('null', 0), /expected an object as safetensors header/],
      ['has a header that is a list', () => written('[]', 0), /expected an object as safetensors header/],
      [
        'is cut short',
        () => written({ x: entry(0, 400) }, 300),
        /tensor 'x' ends at byte 400, the file holds 300; it is cut short, fetch it again/,
      ],
      [
        'holds more than its tensors',
        () => written({ x: entry(0, 4) }, 8),
        /the tensors end at byte 4, the file holds 8/,
      ],
      [
        'has two tensors in one place',
        () => written({ x: entry(0, 8), y: entry(0, 8) }, 8),
        /tensor 'y' begins at byte 0, the one before it ends at 8/,
      ],
      [
        'has tensors that overlap',
        () => written({ x: entry(0, 8), y: entry(4, 12) }, 12),
        /tensor 'y' begins at byte 4, the one before it ends at 8/,
      ],
      [
        'has a gap between tensors',
        () => written({ x: entry(0, 4), y: entry(8, 12) }, 12),
        /tensor 'y' begins at byte 8, the one before it ends at 4/,
      ],
      [
        'has a range that does not fit its shape',
        () => written({ x: entry(0, 8, [3]) }, 8),
        /tensor 'x' of shape \[3\] wants 12 bytes, its range has 8/,
      ],
      [
        'has a shape beyond all numbers',
        () => written({ x: entry(0, 8, [2 ** 50, 2 ** 50]) }, 8),
        /wants .* bytes, its range has 8/,
      ],
      [
        'has a range that runs backwards',
        () => written({ x: entry(8, 4, []) }, 8),
        /tensor 'x' of shape \[\] wants 4 bytes, its range has -4/,
      ],
      ['has a negative place', () => written({ x: entry(-4, 0, [1]) }, 4), /the header's entry 'x' is malformed/],
      ['has a negative size', () => written({ x: entry(0, 4, [-1]) }, 4), /the header's entry 'x' is malformed/],
      ['has a fraction of a size', () => written({ x: entry(0, 4, [0.5]) }, 4), /malformed/],
      ['has a shape that is no list', () => written({ x: entry(0, 4, 'x') }, 4), /malformed/],
      ['has an entry that is null', () => written({ x: null }, 4), /malformed/],
      ['has an entry that is a number', () => written({ x: 4 }, 4), /malformed/],
      ['has one place only', () => written({ x: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4), /malformed/],
      ['has an unknown type', () => written({ x: entry(0, 4, [1], 'F31') }, 4), /tensor 'x' has the unknown type F31/],
      [
        'has metadata that is no text',
        () => written({ __metadata__: { a: 1 } }, 0),
        /metadata that maps strings to strings/,
      ],
    ];
    for (const [what, make, message] of cases) {
      it(`that ${what} is refused with its name and what to do`, () => {
        const target = make();
        for (const read of [safetensors.load, safetensors.metadata]) {
          assert.throws(
            () => read(target),
            (error: unknown) =>
              error instanceof InputError && message.test(error.message) && error.message.startsWith(target),
          );
        }
      });
    }

    it('that is only unusual is read: an unpadded header, tensors at odd places, none at all', () => {
      const half = Buffer.alloc(9);
      half.writeFloatLE(1.5, 1);
      half.writeFloatLE(-2, 5);
      const odd = safetensors.load(
        written({ b: { dtype: 'U8', shape: [1], data_offsets: [0, 1] }, x: entry(1, 9) }, half),
      );
      assert.deepEqual([odd.b!.toArray(), odd.x!.toArray()], [[0], [1.5, -2]]);
      assert.deepEqual(safetensors.load(written('{} ', 0)), {});
      assert.deepEqual(safetensors.load(written({ x: entry(0, 0, [0]) }, 0)).x!.shape, [0]);
    });

    it('at any length of a good file, is refused or read, never a crash', () => {
      const whole = readFileSync(golden);
      for (let length = 0; length < whole.length; length += 13) {
        writeFileSync(file('cut'), whole.subarray(0, length));
        assert.throws(() => safetensors.load(file('cut')), InputError, `${length} bytes`);
      }
    });
  });
});
