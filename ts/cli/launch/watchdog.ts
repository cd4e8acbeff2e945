/** Ends the processes of a launcher that is killed: it can end nobody any more then. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/** Kills the groups that it is told of once its input ends without a word. */
const PROGRAM = `
const groups = [];
let text = '';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdin.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => {
  const lines = text.split('\\n').filter(Boolean);
  if (lines.at(-1) === 'done') return;
  for (const pid of lines) try { process.kill(-Number(pid), ${constants.signals.SIGKILL}); } catch {}
});`;

/** A process that outlives the launcher, whose end it sees at the end of a pipe. */
export class Watchdog {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = spawn(process.execPath, ['-e', PROGRAM], {
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    // It ends by itself; that it is gone already is seen when it is written to.
    this.#process.stdin!.on('error', () => undefined);
    this.#process.on('error', () => undefined);
    this.#process.unref();
  }

  /** @param group the process group that ends with the launcher */
  watch(group: number): void {
    this.#process.stdin!.write(`${group}\n`);
  }

  /** All that it watches has ended. */
  stop(): void {
    this.#process.stdin!.end('done\n');
  }
}
