/** The images and texts of the evaluations of a run, as its event files have them. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { eventFiles } from '../tracking/tensorboard/event-files';
import { shownIn } from '../tracking/tensorboard/events';
import { framesOf } from '../tracking/tensorboard/records';
import type { Shown } from './protocol';

/** An image or text, and where the file of an image lies. */
interface Found extends Shown {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;
}

/** Reads the event files of a folder, and later what was added to them. */
export class EventImages {
  readonly #folder: string;
  #found: Found[] = [];
  /** How much of each file was read. */
  #ends = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What there is now, in the order in which it was written. */
  refresh(): readonly Shown[] {
    if (!existsSync(this.#folder)) return [];
    const files = eventFiles(this.#folder);
    if ([...this.#ends.keys()].some((path) => !files.includes(path))) this.#forget();
    for (const path of files) if (!this.#readFurther(path)) return this.refresh();
    return this.#found.map(({ step, name, text }) => ({ step, name, text }));
  }

  /** The file of an image, by its number in what `refresh` gave. */
  image(index: number): Buffer | undefined {
    const found = this.#found[index];
    if (found === undefined || found.text !== null) return undefined;
    return withFile(found.path, (file) => bytesOf(file, found.start, found.bytes));
  }

  #forget(): void {
    this.#found = [];
    this.#ends = new Map();
  }

  /** @returns false where the file has become shorter, since a resume undid its end: all has to be read again */
  #readFurther(path: string): boolean {
    const from = this.#ends.get(path) ?? 0;
    return withFile(path, (file) => {
      const { size } = fstatSync(file);
      if (size < from) {
        this.#forget();
        return false;
      }
      const added = bytesOf(file, from, size - from);
      let end = 0;
      for (const frame of framesOf(added)) {
        for (const { step, tag: name, content } of shownIn(frame.data)) {
          const isText = typeof content === 'string';
          const start = isText ? 0 : from + content.byteOffset - added.byteOffset;
          this.#found.push({
            step,
            name,
            text: isText ? content : null,
            path,
            start,
            bytes: isText ? 0 : content.length,
          });
        }
        ({ end } = frame);
      }
      this.#ends.set(path, from + end);
      return true;
    });
  }
}

function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function bytesOf(file: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, start));
}
