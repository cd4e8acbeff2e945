import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

  it('is empty before the first step', () => {
    assert.deepEqual(readMetricsLog(path), []);
  });
});
