/** Shows what the processes of a node print, a line at a time, so that lines of two do not run into each other. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { openLog } from '../log-file';
import { canDraw, terminal } from '../terminal';
import type { Round } from './round';

export interface OutputOptions {
  /** A folder for what each process prints: `<round>/<rank>/stdout.log` and `stderr.log`. */
  readonly logDir: string | null;
  /** The processes of this node whose output is shown; null for all. */
  readonly localRanks: readonly number[] | null;
}

/** Clears the line on which a progress bar may stand, which is drawn again below. */
const CLEAR_LINE = '\r\u001b[K';

export class LineOutput {
  readonly #logs: Writable[] = [];
  readonly #options: OutputOptions;
  readonly #round: Round;

  constructor(options: OutputOptions, round: Round) {
    this.#options = options;
    this.#round = round;
  }

  /** Whether a process gets the terminal itself, for its progress bar: that of rank 0 alone, and not where its output is logged. */
  drawsItself(local: number): boolean {
    return local === 0 && this.#hasBar();
  }

  /** Prints the lines of a process with its rank before them, and writes them into its log. */
  show(stream: Readable, name: 'stdout' | 'stderr', local: number, rank: number): void {
    const shows = this.#shows(local);
    const log = this.#log(name, rank);
    const clear = process[name].isTTY && this.#hasBar() ? CLEAR_LINE : '';
    createInterface({ input: stream }).on('line', (line) => {
      log?.write(`${line}\n`);
      if (shows) process[name].write(`${clear}[rank${rank}] ${line}\n`);
    });
  }

  close(): void {
    for (const log of this.#logs) log.end();
  }

  #hasBar(): boolean {
    return this.#round.firstRank === 0 && this.#options.logDir === null && this.#shows(0) && canDraw(process.stderr);
  }

  #shows(local: number): boolean {
    const { localRanks } = this.#options;
    return localRanks === null || localRanks.includes(local);
  }

  #log(name: string, rank: number): Writable | undefined {
    const { logDir } = this.#options;
    if (logDir === null) return undefined;
    const log = openLog(join(logDir, String(this.#round.number), String(rank), `${name}.log`), 'w', terminal);
    this.#logs.push(log);
    return log;
  }
}
