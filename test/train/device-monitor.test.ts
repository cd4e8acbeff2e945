import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceMonitor } from '../../ts/train/device-monitor';

describe('the monitor of an accelerator', () => {
  const saved = { PATH: process.env['PATH'], CUDA_VISIBLE_DEVICES: process.env['CUDA_VISIBLE_DEVICES'] };
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'driver-'))));
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    for (const [name, value] of Object.entries(saved))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });

  /** Stands in for the driver's program: says how it was called, gives these lines, and then waits. */
  const driverSays = (text: string): string => {
    const called = join(folder, 'called');
    rmSync(called, { force: true });
    const program = `#!/bin/sh\nprintf '${text}'\necho "$@" > ${called}\nexec sleep 600\n`;
    writeFileSync(join(folder, 'nvidia-smi'), program, { mode: 0o755 });
    process.env['PATH'] = `${folder}${delimiter}${saved.PATH}`;
    return called;
  };
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await sleep(5);
  };

  it('gives the mean of what the driver said since the last line, of the device that this process sees', async () => {
    const called = driverSays('10\\n[N/A]\\n40\\n');
    process.env['CUDA_VISIBLE_DEVICES'] = '3, 2';
    const monitor = DeviceMonitor.of('cuda:1')!;
    try {
      let read = monitor.read();
      await until(() => (read = monitor.read()).deviceUtilization !== undefined);
      assert.equal(read.deviceUtilization, 0.25);
      assert.equal(monitor.read().deviceUtilization, undefined);
      await until(() => existsSync(called) && readFileSync(called, 'utf8').endsWith('\n'));
      assert.match(readFileSync(called, 'utf8'), /^--id=2 --query-gpu=utilization\.gpu .*--loop-ms=1000$/m);
    } finally {
      monitor.close();
    }
  });

  it('says nothing where there is no driver, and nothing of the CPU', async () => {
    process.env['PATH'] = folder;
    rmSync(join(folder, 'nvidia-smi'), { force: true });
    const monitor = DeviceMonitor.of('cuda')!;
    await sleep(20); // the failure of the start comes as an event, and must end nothing
    assert.equal(monitor.read().deviceUtilization, undefined);
    monitor.close();
    assert.equal(DeviceMonitor.of('cpu'), undefined);
  });
});
