import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openByteCache } from '../../ts/data/cache';
import * as torch from '../../ts/tensor';
import { liveTensors } from '../live-tensors';

describe('openByteCache', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-cache-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  let produced = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    produced++;
    yield Uint8Array.of(1, 2, 3);
    yield Uint8Array.of(4, 5, 6, 7);
    yield Uint8Array.of(8);
  }
  const open = (key = 'a', shape = [2, 2, 2], produce: () => AsyncIterable<Uint8Array> = pieces) =>
    openByteCache({ folder, key, shape, produce });
  const files = () => readdirSync(folder).sort();

  it('produces the bytes once and maps them afterwards', async () => {
    produced = 0;
    const expected = [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ];
    assert.deepEqual((await open()).toArray(), expected);
    assert.deepEqual((await open()).toArray(), expected);
    assert.equal(produced, 1);
    assert.deepEqual(
      files().map((name) => name.split('.')[1]),
      ['bytes', 'json'],
    );
  });

  it('leaves one tensor to the caller', async () => {
    const before = await liveTensors();
    const cache = await open();
    assert.equal(torch.memory().tensors, before + 1);
    assert.equal(cache.dtype, 'uint8');
    cache.dispose();
  });

  it('keeps another file for another key', async () => {
    produced = 0;
    await open('a');
    await open('b');
    assert.equal(produced, 2);
    assert.equal(files().length, 4);
  });

  it('produces again when the shape, the header or the length does not fit', async () => {
    produced = 0;
    await open('a', [8]);
    await open('a', [2, 4]);
    assert.equal(produced, 2);
    truncateSync(join(folder, files()[0]!), 5);
    await open('a', [2, 4]);
    writeFileSync(join(folder, files()[1]!), '{}');
    await open('a', [2, 4]);
    assert.equal(produced, 4);
  });

  it('produces again when a byte is not the one that was written', async () => {
    produced = 0;
    await open('a', [8]);
    const path = join(folder, files()[0]!);
    // What a second writer of the same file once left: zeros of the right number.
    writeFileSync(path, Buffer.concat([readFileSync(path).subarray(0, 4), Buffer.alloc(4)]));
    assert.deepEqual((await open('a', [8])).toArray(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(produced, 2);
  });

  it('is filled once although the filling process is stopped for longer than any lease', async () => {
    const log = join(folder, 'log');
    const script = (pause: string) => `
      const { appendFileSync } = require('node:fs');
      const { openByteCache } = require(${JSON.stringify(resolve(__dirname, '../../ts/data/cache'))});
      async function* produce() {
        appendFileSync(${JSON.stringify(log)}, 'produced ');
        yield Buffer.from('ab');
        ${pause}
        yield Buffer.from('cd');
      }
      openByteCache({ folder: ${JSON.stringify(folder)}, key: 'k', shape: [4], produce }).then((cache) => console.log(cache.toArray().join()));`;
    const start = (pause: string) =>
      spawn(process.execPath, ['-r', 'tsx/cjs', '-e', script(pause)], { cwd: resolve(__dirname, '../..') });
    // Tells that it is filling, and is stopped then.
    const first = start("console.log('filling'); await new Promise((resume) => setTimeout(resume, 500));");
    await once(first.stdout, 'data');
    first.kill('SIGSTOP');
    const second = start('');
    const [text] = await Promise.race([once(second.stdout, 'data'), delay(8_000, ['waits'])]);
    first.kill('SIGCONT');
    assert.equal(text, 'waits');
    assert.equal(String((await once(second.stdout, 'data'))[0]).trim(), '97,98,99,100');
    assert.equal(readFileSync(log, 'utf8'), 'produced ');
  });

  it('leaves nothing behind when the bytes cannot be produced, and tries again the next time', async () => {
    const failing = async function* () {
      yield Uint8Array.of(1);
      throw new Error('a sample is damaged');
    };
    await assert.rejects(open('a', [8], failing), /^Error: a sample is damaged$/);
    assert.deepEqual(files(), []);
    assert.deepEqual((await open('a', [8])).toArray(), [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('refuses samples of another size', async () => {
    await assert.rejects(open('a', [9]), {
      code: 'TTS_INPUT',
      message: /^Expected 9 bytes for the cache .*, found 8; the samples differ in size\.$/,
    });
  });

  it('writes to a tensor of the cache do not reach the file', async () => {
    const cache = await open('a', [8]);
    cache.fill_(0);
    cache.dispose();
    assert.deepEqual([...readFileSync(join(folder, files()[0]!))], [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is produced by one of several processes', async () => {
    const log = join(folder, 'log');
    const script = `
      const { appendFileSync } = require('node:fs');
      const { openByteCache } = require(${JSON.stringify(resolve(__dirname, '../../ts/data/cache'))});
      async function* produce() {
        appendFileSync(${JSON.stringify(log)}, 'produced ');
        await new Promise((resume) => setTimeout(resume, 300));
        yield Buffer.from('abcd');
      }
      openByteCache({ folder: ${JSON.stringify(folder)}, key: 'k', shape: [4], produce }).then((cache) => console.log(cache.toArray().join()));`;
    const run = () =>
      promisify(execFile)(process.execPath, ['-r', 'tsx/cjs', '-e', script], { cwd: resolve(__dirname, '../..') });
    const outputs = await Promise.all([run(), run(), run()]);
    assert.deepEqual(
      outputs.map(({ stdout }) => stdout.trim()),
      Array(3).fill('97,98,99,100'),
    );
    assert.equal(readFileSync(log, 'utf8'), 'produced ');
  });
});
