import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSystemLog, SystemMonitor } from '../../ts/train/system-log';

describe('system.jsonl', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'system-'))));
  after(() => rmSync(folder, { recursive: true }));
  const entry = (step: number, memory = step) => ({ step, samplesPerSecond: 1, dataWait: 0, memory });

  it('is read without what a resume has undone, a kill has cut short, or something has damaged', () => {
    const path = join(folder, 'read.jsonl');
    const lines = [entry(1), entry(2), entry(3), 'no JSON', entry(2, 20), null, entry(4)];
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    writeFileSync(path, `${text}\n{"step":5,"mem`);
    assert.deepEqual(readSystemLog(path), [entry(1), entry(2, 20), entry(4)]);
    assert.deepEqual(readSystemLog(join(folder, 'none.jsonl')), []);
  });

  it('has the mean of the steps since the last line', () => {
    const path = join(folder, 'monitor.jsonl');
    const { bigint } = process.hrtime;
    let milliseconds = 0n;
    process.hrtime.bigint = () => 1_000_000n * milliseconds;
    try {
      const monitor = new SystemMonitor(path);
      for (const wait of [100n, 300n]) {
        monitor.beginWait();
        milliseconds += wait;
        monitor.endWait();
        milliseconds += 1000n;
        monitor.step(1, 8);
      }
      monitor.log(2);
      monitor.beginWait();
      monitor.endWait();
      monitor.step(0.5, 8);
      monitor.log(3);
    } finally {
      process.hrtime.bigint = bigint;
    }
    const [first, second] = readSystemLog(path);
    assert.deepEqual([first!.step, first!.samplesPerSecond, first!.dataWait], [2, 8, 0.2]);
    assert.deepEqual([second!.step, second!.samplesPerSecond, second!.dataWait], [3, 16, 0]);
    assert.ok(first!.memory > 2 ** 20 && !('deviceMemory' in first!));
  });

  it('ends no training when it cannot be written', () => {
    const path = join(folder, 'a folder');
    mkdirSync(path);
    assert.equal(new SystemMonitor(path).log(1).step, 1);
  });
});
