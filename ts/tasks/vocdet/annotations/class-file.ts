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
 * @throws InputError naming the file, when it cannot be read, is empty, names a class twice or leaves a number out
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
  if (isLabelMap || (rows.length > 0 && rows.every((line) => /^[^:]+:(\d+,\d+,\d+)?:[^:]*:[^:]*$/.test(line)))) {
    return rows.map((line) => line.split(':')[0]!.trim()).filter((name) => name !== 'background');
  }
  return withoutNumbers(rows);
}

/** `0 cat`, `1: cat` or `cat 0` in every line, from 0 or 1 on and without a gap, is numbered; anything else is all name. */
function withoutNumbers(lines: readonly string[]): string[] {
  for (const pattern of [
    /^(?<number>\d+)\s*[\s:,;.)]\s*(?<name>\S.*)$/,
    /^(?<name>.*\S)\s*[\s:,;]\s*(?<number>\d+)$/,
  ]) {
    const rows = lines.map((line) => pattern.exec(line)?.groups).filter((groups) => groups !== undefined);
    const numbers = rows.map(({ number }) => Number(number));
    const first = Math.min(...numbers);
    const isCounted =
      new Set(numbers).size === rows.length && first <= 1 && Math.max(...numbers) === first + rows.length - 1;
    if (rows.length === lines.length && rows.length > 0 && isCounted)
      return byNumber(rows.map(({ number, name }) => [number!, name!]));
  }
  return [...lines];
}

/** A list of names, names by number, or what holds one of these: `names`, `id2label`, `categories`, `classes`. */
function namesIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.map((item) => nameOf(item, path));
  if (typeof value === 'object' && value !== null) {
    const record = value as Readonly<Record<string, unknown>>;
    const inner = ['names', 'id2label', 'categories', 'classes', 'labels']
      .map((key) => record[key])
      .find((list) => typeof list === 'object' && list !== null);
    if (inner !== undefined) return namesIn(inner, path);
    const entries = Object.entries(record);
    if (entries.every(([key, name]) => /^\d+$/.test(key) && isName(name)))
      return byNumber(entries.map(([key, name]) => [key, String(name)]));
    if (entries.every(([, number]) => Number.isInteger(number)))
      return byNumber(entries.map(([name, number]) => [String(number), name]));
  }
  throw new InputError(`${path}: expected a list of class names, or names by their numbers, found neither.`);
}

function nameOf(item: unknown, path: string): string {
  const name = typeof item === 'object' && item !== null ? (item as Readonly<Record<string, unknown>>)['name'] : item;
  if (isName(name)) return String(name);
  throw new InputError(`${path}: expected the name of a class, found ${JSON.stringify(item)}.`);
}

/** YAML reads `- no` as false and `- 1` as a number. */
function isName(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function labelMapItems(text: string, path: string): string[] {
  const items = [...text.matchAll(/item\s*\{([^}]*)\}/g)].map(([, body]) => {
    const name = /(?:display_name|name)\s*:\s*["']([^"']*)["']/.exec(body!)?.[1];
    const id = /id\s*:\s*(\d+)/.exec(body!)?.[1];
    if (name === undefined || id === undefined)
      throw new InputError(
        `${path}: expected an id and a name in every item, found ${body!.trim().replace(/\s+/g, ' ')}.`,
      );
    return [id, name] as const;
  });
  return byNumber(items);
}

function byNumber(entries: readonly (readonly [number: string, name: string])[]): string[] {
  return [...entries].sort(([a], [b]) => Number(a) - Number(b)).map(([, name]) => name);
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
