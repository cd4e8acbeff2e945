/** The event files of a run, one a session: `events.out.tfevents.<seconds>.<host>.<process>` in the run folder. */
import {
  appendFileSync,
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { noteOf } from './events';
import { frame, framesOf } from './records';

const PREFIX = 'events.out.tfevents.';

/** The event files in a folder, the oldest first. */
export function eventFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(PREFIX));
  return names.sort((a, b) => secondsOf(a) - secondsOf(b)).map((name) => join(folder, name));
}

/**
 * Forgets the events behind the mark of a checkpoint, in all files of a folder. Without such a mark (events of another making) none is
 * forgotten.
 */
export function cutBehind(folder: string, note: string): void {
  const newer: string[] = [];
  for (const file of eventFiles(folder).reverse()) {
    const end = endOfMark(file, note);
    if (end === undefined) {
      newer.push(file);
      continue;
    }
    truncateSync(file, end);
    for (const other of newer) rmSync(other);
    return;
  }
}

/** Where the last mark with this note ends in a file. */
function endOfMark(file: string, note: string): number | undefined {
  let found: number | undefined;
  for (const { data, end } of framesOf(readFileSync(file))) if (noteOf(data) === note) found = end;
  return found;
}

/** A new event file, to which events are appended. */
export class EventFile {
  readonly path: string;
  readonly #descriptor: number;

  /** The name comes after those of the files that are there, whatever the clock says: readers go by names. */
  constructor(folder: string) {
    const last = Math.max(
      0,
      ...readdirSync(folder)
        .filter((name) => name.startsWith(PREFIX))
        .map(secondsOf),
    );
    const seconds = Math.max(Math.floor(Date.now() / 1000), last + 1);
    this.path = join(folder, `${PREFIX}${String(seconds).padStart(10, '0')}.${hostname()}.${process.pid}`);
    this.#descriptor = openSync(this.path, 'ax');
  }

  append(event: Buffer): void {
    appendFileSync(this.#descriptor, frame(event)); // the whole frame: writeSync may write less on a full disk
  }

  /** Puts on disk what was written. */
  flush(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function secondsOf(name: string): number {
  return Number.parseInt(name.slice(name.indexOf(PREFIX) + PREFIX.length), 10) || 0;
}
