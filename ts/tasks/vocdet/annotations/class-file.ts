/** Class files as tools write them: names, numbered names, CVAT's labelmap.txt, YOLO's YAML, TensorFlow's pbtxt, JSON. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { decodeText, textLines } from '../../../data/text';
import { InputError } from '../../../errors';
import { ClassList } from './classes';

/** What segmentation and labelling tools put before the classes, for all that is none. */
const NO_CLASS = /^_{1,2}(background|ignore)_{1,2}$/i;

/**
 * Reads a class file, in the order of the numbers. Blank lines and lines that begin with # are left out.
 * @throws InputError naming the file, when it cannot be read, is empty, or has a name or a number twice
 */
export function readClassFile(path: string): ClassList {
  const names = parseClasses(readText(path), path).filter((name) => !NO_CLASS.test(name));
  return new ClassList(names, path);
}

function readText(path: string): string {
  try {
    return decodeText(readFileSync(path));
  } catch (cause) {
    throw new InputError(`Cannot read the class file ${path}: ${(cause as Error).message}`, { cause });
  }
}

function parseClasses(text: string, path: string): string[] {
  if (/\.ya?ml$/i.test(path))
    return namesIn(
      parsed(() => parse(text), path),
      path,
    );
  if (/\.json$/i.test(path))
    return namesIn(
      parsed(() => JSON.parse(text), path),
      path,
    );
  if (/\.pbtxt$/i.test(path) || /^\s*item\s*\{/.test(text)) return labelMapItems(text, path);
  const lines = textLines(text)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isLabelMap = lines.some((line) => /^#\s*label:color_rgb:parts:actions/i.test(line));
  const rows = lines.filter((line) => !line.startsWith('#'));
  if (isLabelMap || rows.every((line) => /^[^:]+:(\d+,\d+,\d+)?:[^:]*:[^:]*$/.test(line))) {
    return rows.map((line) => line.split(':')[0]!.trim()).filter((name) => name !== 'background');
  }
  return withoutNumbers(rows, path);
}

/** `0 cat`, `1: cat` or `cat 0` in every line, from 0 or 1 on and without a gap, is numbered; anything else is all name. */
function withoutNumbers(lines: readonly string[], path: string): string[] {
  for (const pattern of [
    /^(?<number>\d+)\s*[\s:,;.)]\s*(?<name>\S.*)$/,
    /^(?<name>.*[^\s:,;])\s*[\s:,;]\s*(?<number>\d+)$/,
  ]) {
    const rows = lines.map((line) => pattern.exec(line)?.groups).filter((groups) => groups !== undefined);
    const numbers = rows.map(({ number }) => Number(number));
    const first = Math.min(...numbers);
    const isCounted =
      new Set(numbers).size === rows.length && first <= 1 && Math.max(...numbers) === first + rows.length - 1;
    if (rows.length === lines.length && isCounted)
      return byNumber(
        rows.map(({ number, name }) => [number!, name!]),
        path,
      );
  }
  return [...lines];
}

/** A list of names, names by number, or what holds one of these: `names`, `id2label`, `categories`, `classes`. */
function namesIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return namesOf(value, path);
  if (typeof value === 'object' && value !== null) {
    const record = value as Readonly<Record<string, unknown>>;
    const inner = ['names', 'id2label', 'categories', 'classes', 'labels']
      .map((key) => record[key])
      .find((list) => typeof list === 'object' && list !== null);
    if (inner !== undefined) return namesIn(inner, path);
    const entries = Object.entries(record);
    if (entries.every(([key, name]) => /^\d+$/.test(key) && isName(name)))
      return byNumber(
        entries.map(([key, name]) => [key, String(name)]),
        path,
      );
    if (entries.every(([, number]) => Number.isInteger(number)))
      return byNumber(
        entries.map(([name, number]) => [String(number), name]),
        path,
      );
  }
  throw new InputError(`${path}: expected a list of class names, or names by their numbers, found neither.`);
}

/** Of a list, by the ids of its items where each has one, as COCO's categories do. */
function namesOf(items: readonly unknown[], path: string): string[] {
  const names = items.map((item) => nameOf(item, path));
  const ids = items.map((item) => propertyOf(item, 'id'));
  if (!ids.every(Number.isInteger)) return names;
  return byNumber(
    names.map((name, at) => [String(ids[at]), name]),
    path,
  );
}

function propertyOf(item: unknown, key: string): unknown {
  return (item as Readonly<Record<string, unknown>> | null)?.[key];
}

function nameOf(item: unknown, path: string): string {
  const name = typeof item === 'object' ? propertyOf(item, 'name') : item;
  if (isName(name)) return String(name);
  throw new InputError(`${path}: expected the name of a class, found ${JSON.stringify(item)}.`);
}

/** YAML reads `- no` as false and `- 1` as a number. */
function isName(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function labelMapItems(text: string, path: string): string[] {
  const items = [...text.matchAll(/item\s*\{([^}]*)\}/g)].map(([, body]) => {
    // Where it has both, `name` may be an identifier such as /m/01yrx.
    const name = (/display_name\s*:\s*["']([^"']*)["']/.exec(body!) ?? /name\s*:\s*["']([^"']*)["']/.exec(body!))?.[1];
    const id = /\bid\s*:\s*(\d+)/.exec(body!)?.[1];
    if (name === undefined || id === undefined)
      throw new InputError(
        `${path}: expected an id and a name in every item, found ${body!.trim().replace(/\s+/g, ' ')}.`,
      );
    return [id, name] as const;
  });
  return byNumber(items, path);
}

function byNumber(entries: readonly (readonly [number: string, name: string])[], path: string): string[] {
  const sorted = [...entries].sort(([a], [b]) => Number(a) - Number(b));
  const twice = sorted.findIndex(([number], at) => Number(number) === Number(sorted[at + 1]?.[0]));
  if (twice >= 0)
    throw new InputError(
      `${path}: expected every class to have a number of its own, found ${sorted[twice]![0]} for ${sorted[twice]![1]} and for ${sorted[twice + 1]![1]}.`,
    );
  return sorted.map(([, name]) => name);
}

function parsed(read: () => unknown, path: string): unknown {
  try {
    return read();
  } catch (cause) {
    throw new InputError(`${path}: expected a class file, found: ${(cause as Error).message.split('\n')[0]}.`, {
      cause,
    });
  }
}
