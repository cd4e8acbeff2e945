import { posix } from 'node:path';
import { percentDecoded } from '../../../native/http';
import { isKindOfFile, roleOf, shouldDiffer } from './names';

/** A file under the name by which a dataset knows it. */
export interface Named<Value> {
  readonly name: string;
  readonly value: Value;
}

/**
 * Files by their names, found by what lists and annotations of all kinds of tools write for them: other folders before the
 * name, backslashes, `./`, URLs, other letters than the file system has (`A.JPG` for `a.jpg`, or another Unicode form).
 */
export class NameIndex<Value> {
  readonly #named = new Map<string, Named<Value>>();
  readonly #byBase = new Map<string, Named<Value>[]>();

  /** Adds a file; false when the name is taken already. */
  add(name: string, value: Value): boolean {
    if (this.#named.has(name)) return false;
    const entry = { name, value };
    this.#named.set(name, entry);
    const base = fold(posix.basename(name));
    const others = this.#byBase.get(base);
    if (others) others.push(entry);
    else this.#byBase.set(base, [entry]);
    return true;
  }

  /** Names in the order in which they were added. */
  names(): string[] {
    return [...this.#named.keys()];
  }

  /** The file of exactly that name. */
  get(name: string): Value | undefined {
    return this.#named.get(name)?.value;
  }

  /**
   * The file that a written name means; undefined when there is none, or several that fit equally well.
   * @param context a word of the folders to be preferred, such as the split that the name is written for
   */
  find(written: string, context?: string): Named<Value> | undefined {
    for (const spelling of spellings(written)) {
      const found = this.#named.get(spelling) ?? this.#best(spelling, context);
      if (found) return found;
    }
    return undefined;
  }

  /** Of the files with the last part of the name the one whose folders are most like the written ones. */
  #best(written: string, context: string | undefined): Named<Value> | undefined {
    const ranked = (this.#byBase.get(fold(posix.basename(written))) ?? [])
      .map((entry) => ({ entry, rank: likeness(entry.name, written, context) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank);
    return ranked.length > 1 && ranked[0]!.rank === ranked[1]!.rank ? undefined : ranked[0]?.entry;
  }
}

/** Names without regard to case and Unicode form: macOS has composed letters in two parts, Windows both cases in one. */
export function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/**
 * How many parts two paths have in common, from the last one on; fractions where that is equal. 0 when both go on differently,
 * or a folder is for another split than the context: `val/1.jpg` does not mean `train/1.jpg`. A folder that is called as the
 * context, or only says that images lie in it, may stand before the rest.
 */
function likeness(name: string, written: string, context = ''): number {
  const [own, other] = [name.split('/').reverse(), written.split('/').reverse()];
  let common = 0;
  while (common < Math.min(own.length, other.length) && fold(own[common]!) === fold(other[common]!)) common++;
  const rest = own.slice(common);
  if (rest.some((part) => shouldDiffer(part, context))) return 0;
  const isCalledSo = (part: string) => fold(part) === fold(context);
  const isForIt = (part: string) =>
    isCalledSo(part) || (roleOf(part) !== undefined && roleOf(part) === roleOf(context));
  const strange = rest.filter((part) => !isForIt(part) && !isKindOfFile(part));
  if (strange.length > 0 && common < other.length) return 0;
  const better = [rest.some(isCalledSo), rest.some(isForIt), strange.length === 0, own[0] === other[0]];
  return better.reduce((sum, is, at) => sum + (is ? 2 ** -(at + 1) : 0), common) - rest.length / 1024;
}

/** What may be meant by a written name: itself first. */
function spellings(written: string): string[] {
  const normalized = written.replaceAll('\\', '/');
  const path = /^(?:https?|s3|gs|file):\/\/[^/]*\/(.+)$/.exec(normalized)?.[1] ?? normalized;
  // Label Studio serves local files as /data/local-files/?d=<path>.
  const local = /[?&]d=([^&]+)/.exec(path)?.[1] ?? (path === normalized ? path : path.replace(/[?#].*$/, ''));
  return [...new Set([written, ...[normalized, path, local, percentDecoded(local)].map(tidy)])].filter(
    (name) => name !== '',
  );
}

function tidy(name: string): string {
  return posix
    .normalize(name.replaceAll('\\', '/'))
    .replace(/^([A-Za-z]:)?(\.\.?\/|\/)+/, '')
    .replace(/^\.$/, '');
}
