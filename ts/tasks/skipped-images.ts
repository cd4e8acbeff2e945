import { existsSync, readFileSync } from 'node:fs';
import type { Listener } from '../native/listener';
import type { Processes } from '../train/distributed/processes';
import type { RunFolder } from '../train/run';

const FILE = 'skipped.json';
/** As many are named in the report; skipped.json has all. */
const NAMED = 20;

/** The training images that a run leaves out because they cannot be read, over all of its sessions, in skipped.json. */
export class SkippedImages {
  readonly #run: RunFolder;
  readonly #listener: Listener;
  readonly #reasons: Set<string>;

  constructor(run: RunFolder, listener: Listener) {
    this.#run = run;
    this.#listener = listener;
    const file = run.file(FILE);
    this.#reasons = new Set(existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : []);
  }

  /** Notes an image by the sentence that says why it cannot be read; each epoch meets it again. */
  add(reason: string): void {
    if (this.#reasons.has(reason)) return;
    this.#reasons.add(reason);
    this.#run.write(FILE, `${JSON.stringify([...this.#reasons], null, 2)}\n`);
    this.#listener.say(`${reason} The training goes on without it.`);
  }

  /** Takes over what the other processes have left out. */
  async gather(processes: Processes | undefined): Promise<void> {
    for (const reasons of (await processes?.together(() => [...this.#reasons])) ?? [])
      for (const reason of reasons) this.add(reason);
  }

  /** What the end and the report of the run say of them; nothing where all could be read. */
  get notes(): string[] {
    const reasons = [...this.#reasons];
    if (reasons.length === 0) return [];
    const rest = reasons.length - NAMED;
    const count = reasons.length === 1 ? '1 image' : `${reasons.length} images`;
    return [
      `The training left out ${count} that cannot be read: ${reasons.slice(0, NAMED).join(' ')}` +
        (rest > 0 ? ` (And ${rest} more, which ${FILE} names.)` : ''),
    ];
  }
}
