/** Ends a process whose work does not go on: nothing else can, while native code holds the main thread. */
import { Worker } from 'node:worker_threads';

const SECONDS = Number(process.env['TORCHTS_FUZZ_SECONDS'] ?? '60');
/** What survive.ts looks for. */
export const HANGS = `no end after ${SECONDS} s`;

const BODY = `
  const { workerData } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const counter = new Int32Array(workerData.shared);
  let last = -1, since = process.cpuUsage().user;
  setInterval(() => {
    const now = Atomics.load(counter, 0), used = process.cpuUsage().user;
    if (now !== last) [last, since] = [now, used];
    // Of the processor's time, so that a busy machine is no hang; a few of these pass while the process waits.
    else if ((since -= 1e4, used - since > workerData.seconds * 1e6)) {
      writeSync(2, workerData.text + '\\n');
      process.kill(process.pid, 'SIGKILL');
    }
  }, 200);
`;

/** Call what comes back whenever something is done. */
export function watch(): () => void {
  const shared = new SharedArrayBuffer(4);
  const counter = new Int32Array(shared);
  new Worker(BODY, { eval: true, workerData: { shared, seconds: SECONDS, text: HANGS } }).unref();
  return () => void Atomics.add(counter, 0, 1);
}
