import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../../ts/data/rng';
import { TarFile } from '../../ts/data/tar';
import { ZipFile } from '../../ts/data/zip';
import { TorchError } from '../../ts/errors';
import * as torch from '../../ts/torch';
import { writeZip } from './zip-writer';

const golden = (...parts: string[]): Buffer => readFileSync(join(__dirname, '..', 'golden', ...parts));
const SEEDS = 150;

const readers: Readonly<Record<string, { whole: Buffer; read: (bytes: Buffer) => unknown }>> = {
  safetensors: {
    whole: torch.safetensors.save({ a: torch.ones([3]), b: torch.zeros([2, 2], { dtype: 'int64' }) }),
    read: (bytes) => torch.safetensors.load(bytes),
  },
  npy: { whole: torch.npy.save(torch.ones([2, 3])), read: (bytes) => torch.npy.load(bytes) },
  npz: {
    whole: torch.npz.save({ a: torch.ones([3]), b: torch.zeros([2]) }, null, { compressed: true }),
    read: (bytes) => torch.npz.load(bytes),
  },
  pth: { whole: golden('pth', 'zip.pth'), read: (bytes) => torch.loadPth(bytes) },
  'pth of every kind': { whole: golden('pth', 'kinds.pth'), read: (bytes) => torch.loadPth(bytes) },
  'legacy pth': { whole: golden('pth', 'kinds-legacy.pth'), read: (bytes) => torch.loadPth(bytes) },
  TorchScript: { whole: golden('script.pt'), read: (bytes) => torch.jit.load(bytes).dispose() },
  zip: {
    whole: writeZip({ a: 'some words', b: Buffer.alloc(500) }, { deflate: true, zip64: true }),
    read: (bytes) => everyMember(new ZipFile(bytes)),
  },
  tar: { whole: tar(), read: (bytes) => new TarFile(bytes).members },
};

function everyMember(zip: ZipFile): Buffer[] {
  return [...zip.members.keys()].map((name) => zip.readSync(name));
}

/** Two members, one with a pax header, as `tar` writes them. */
function tar(): Buffer {
  const block = (name: string, size: number, type: string): Buffer => {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write(size.toString(8).padStart(11, '0'), 124);
    header.write(type, 156);
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return header;
  };
  const pax = Buffer.from('11 path=xy\n'.padEnd(512, '\0'));
  return Buffer.concat([
    block('pax', 11, 'x'),
    pax,
    block('a', 3, '0'),
    Buffer.alloc(512, 'a'),
    block('b', 600, '0'),
    Buffer.alloc(1024),
    Buffer.alloc(1024),
  ]);
}

/** One of the ways in which files are damaged, drawn by the seed. */
function damaged(whole: Buffer, seed: number): Buffer {
  const rng = new Rng(seed);
  const at = (): number => Math.floor(rng.uniform() * whole.length);
  const bytes = Buffer.from(whole);
  switch (seed % 5) {
    case 0: // a bit here and there
      for (let i = 0; i <= seed % 4; i++) {
        const index = at();
        bytes[index] = bytes[index]! ^ (1 << Math.floor(rng.uniform() * 8));
      }
      return bytes;
    case 1: // cut
      return bytes.subarray(0, at());
    case 2: {
      // a field that is as large as it can be, or the least below nought
      const start = Math.min(at(), whole.length - 8);
      bytes.fill(rng.uniform() < 0.5 ? 0xff : 0x80, start, start + [1, 2, 4, 8][Math.floor(rng.uniform() * 4)]!);
      return bytes;
    }
    case 3: {
      // a part twice
      const start = at();
      return Buffer.concat([bytes.subarray(0, start), bytes.subarray(Math.max(0, start - 40))]);
    }
    default: // a byte of the alphabet that pickles and headers are written in
      bytes[at()] = '([{tR.}he0-9'.charCodeAt(Math.floor(rng.uniform() * 12));
      return bytes;
  }
}

describe('damaged files', function () {
  this.timeout(60_000);
  const MOST = 2 ** 28;

  for (const [name, { whole, read }] of Object.entries(readers)) {
    it(`of ${name} are read otherwise or refused in a sentence, in bounded memory`, () => {
      torch.scope(() => void read(whole));
      const before = process.memoryUsage().rss;
      for (let seed = 0; seed < SEEDS; seed++) {
        try {
          torch.scope(() => void read(damaged(whole, seed)));
        } catch (error) {
          assert.ok(error instanceof TorchError, `seed ${seed}: ${String(error)}\n${String((error as Error).stack)}`);
          if (name !== 'TorchScript')
            assert.ok(!error.message.includes('\n') && error.message.length < 1000, `seed ${seed}: ${error.message}`);
        }
      }
      assert.ok(process.memoryUsage().rss - before < MOST, `${process.memoryUsage().rss - before} bytes`);
    });
  }
});
