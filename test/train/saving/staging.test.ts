import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capturingFiles, replaceFile } from '../../../ts/native/replace-file';
import * as torch from '../../../ts/tensor';
import type { StagedFile } from '../../../ts/train/saving/plan';
import { Staging } from '../../../ts/train/saving/staging';

describe('memory that files are copied into', () => {
  let folder: string;
  let memory: Staging;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'staging-'));
    memory = new Staging();
  });
  afterEach(() => {
    memory.dispose();
    rmSync(folder, { recursive: true });
  });

  const capture = async (body: () => void): Promise<Map<string, StagedFile>> => {
    const files = new Map<string, StagedFile>();
    await capturingFiles(folder, memory.captureInto(folder, files), body);
    return files;
  };
  const bytesOf = ({ ranges }: StagedFile): Buffer =>
    Buffer.concat(ranges.map(({ block, from, to }) => Buffer.from(memory.buffers[block]!).subarray(from, to)));

  it('holds what safetensors.save would have written, tensors of every kind, and nothing is on the disk', async () => {
    const tensors = {
      large: torch.rand([3000, 100]),
      turned: torch.rand([70, 50]).t(),
      half: torch.rand([64, 64]).to('bfloat16'),
      conjugate: torch.tensor(Array.from({ length: 600 }, (_, i) => ({ re: i, im: -i }))).conj(),
      spread: torch.tensor([7]).expand([2000]),
      flags: torch.rand([5000]).gt(0.5),
      scalar: torch.tensor(3),
      empty: torch.zeros([0, 4]),
    };
    const files = await capture(() => torch.safetensors.save(tensors, join(folder, 'a.safetensors')));
    assert.deepEqual(readdirSync(folder), []);
    torch.safetensors.save(tensors, join(folder, 'a.safetensors'));
    assert.ok(bytesOf(files.get('a.safetensors')!).equals(readFileSync(join(folder, 'a.safetensors'))));
  });

  it('keeps what a tensor was, whatever it becomes', async () => {
    const weight = torch.zeros([2000]);
    const files = await capture(() => torch.safetensors.save({ weight }, join(folder, 'a.safetensors')));
    weight.fill_(1);
    const file = bytesOf(files.get('a.safetensors')!);
    assert.equal(Number(torch.safetensors.load(file)['weight']!.sum().item()), 0);
  });

  it('takes files of its folder alone, by names inside of it, the last of two', async () => {
    const other = join(folder, '..', `${folder.split('/').at(-1)!}-other`);
    try {
      const files = await capture(() => {
        replaceFile(join(folder, 'a.txt'), 'first');
        replaceFile(join(folder, 'a.txt'), 'second');
        replaceFile(other, 'outside');
      });
      assert.deepEqual(
        [...files].map(([name, file]) => [name, bytesOf(file).toString()]),
        [['a.txt', 'second']],
      );
      assert.equal(readFileSync(other, 'utf8'), 'outside');
    } finally {
      rmSync(other, { force: true });
    }
  });

  it('leaves to the disk what cannot be written there, and what comes later', async () => {
    await assert.rejects(
      capture(() => replaceFile(join(folder, 'absent/a.txt'), '')),
      /the folder .*absent does not exist/,
    );
    replaceFile(join(folder, 'later.txt'), 'text');
    assert.ok(existsSync(join(folder, 'later.txt')));
  });

  it('splits a file between its blocks, and is used again', async () => {
    memory.add(new SharedArrayBuffer(5000));
    memory.add(new SharedArrayBuffer(3000));
    const text = Buffer.from(Array.from({ length: 7000 }, (_, i) => i % 251));
    for (let time = 0; time < 3; time++) {
      memory.clear();
      const files = await capture(() => replaceFile(join(folder, 'a'), (write) => write(text)));
      assert.deepEqual(files.get('a')!.ranges, [
        { block: 0, from: 0, to: 5000 },
        { block: 1, from: 0, to: 2000 },
      ]);
      assert.ok(bytesOf(files.get('a')!).equals(text));
    }
    assert.equal(memory.size, 8000);
  });

  it('grows to at most twice what it holds, from a mebibyte on, and 64 MiB more', async () => {
    const mebibytes = async (count: number) => {
      memory.clear();
      const piece = new Uint8Array(2 ** 20);
      await capture(() =>
        replaceFile(join(folder, 'a'), (write) => {
          for (let i = 0; i < count; i++) write(piece);
        }),
      );
      return memory.size / 2 ** 20;
    };
    assert.deepEqual([await mebibytes(1), await mebibytes(2), await mebibytes(5)], [1, 2, 8]);
    const large = await mebibytes(150);
    assert.ok(large >= 150 && large <= 150 + 64, String(large));
    assert.equal(await mebibytes(10), large);
  });

  it('frees its tensors', () => {
    const before = torch.memory().tensors;
    memory.add(new SharedArrayBuffer(100));
    assert.equal(torch.memory().tensors, before + 1);
    memory.dispose();
    assert.equal(torch.memory().tensors, before);
  });
});
