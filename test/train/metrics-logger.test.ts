import assert from 'node:assert/strict';
import fs, { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MetricsFile, readMetricsLog } from '../../ts/train/metrics-logger';

describe('metrics.jsonl', () => {
  let folder: string;
  let path: string;
  const entry = (step: number) => ({ kind: 'train', epoch: 1, step, seconds: step, loss: 1 / step }) as const;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-'));
    path = join(folder, 'metrics.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes no file before its first line, and leaves none open', () => {
    new MetricsFile(path).close();
    assert.equal(existsSync(path), false);
  });

  it('holds one object a line', () => {
    const log = new MetricsFile(path);
    log.append(entry(1));
    log.append(entry(2));
    log.close();
    assert.equal(
      readFileSync(path, 'utf8'),
      '{"kind":"train","epoch":1,"step":1,"seconds":1,"loss":1}\n{"kind":"train","epoch":1,"step":2,"seconds":2,"loss":0.5}\n',
    );
    assert.deepEqual(readMetricsLog(path), [entry(1), entry(2)]);
  });

  it('goes back to the length that a checkpoint remembers', () => {
    const before = new MetricsFile(path);
    before.append(entry(1));
    const bytes = before.flush();
    before.append(entry(2));
    before.close();
    appendFileSync(path, '{"kind":"tr');

    const after = new MetricsFile(path);
    after.truncate(bytes);
    after.append(entry(3));
    after.close();
    assert.deepEqual(readMetricsLog(path), [entry(1), entry(3)]);
  });

  it('is read without a last line that was cut short', () => {
    const log = new MetricsFile(path);
    log.append(entry(1));
    log.close();
    appendFileSync(path, '{"kind":"tr');
    assert.deepEqual(readMetricsLog(path), [entry(1)]);
  });

  it('has whole lines where the system takes a few bytes at a time', () => {
    const { writeSync } = fs;
    fs.writeSync = (file: number, data: string | NodeJS.ArrayBufferView, offset?: unknown, length?: unknown) => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset);
      const from = typeof offset === 'number' ? offset : 0;
      const most = typeof length === 'number' ? length : bytes.length - from;
      return writeSync(file, bytes, from, Math.min(5, most));
    };
    try {
      const log = new MetricsFile(path);
      log.append(entry(1));
      log.close();
    } finally {
      fs.writeSync = writeSync;
    }
    assert.deepEqual(readMetricsLog(path), [entry(1)]);
  });

  it('says which line is broken', () => {
    appendFileSync(path, `${JSON.stringify(entry(1))}\n{"kind":"tr{"kind":"train"}\n`);
    assert.throws(() => readMetricsLog(path), {
      code: 'TTS_INPUT',
      message: /metrics\.jsonl:2: expected a line of JSON, found .*; take the line out, or restore the file\.$/,
    });
  });

  it('is empty before the first step', () => {
    assert.deepEqual(readMetricsLog(path), []);
  });
});
