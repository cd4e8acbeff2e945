/** Values of JSON files as tools write them: numbers as strings, marks as booleans. Errors name the place. */
import { InputError } from '../../../errors';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** @throws InputError when it is no object */
export function recordOf(value: unknown, location: string): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRecord;
  throw new InputError(`${location}: expected an object, found ${shown(value)}.`);
}

/** A list of objects. @throws InputError when it is none */
export function arrayOf(record: JsonRecord, key: string, label: string): JsonRecord[] {
  const value = record[key];
  if (!Array.isArray(value))
    throw new InputError(
      `${label}: ${key}: expected a list, found ${shown(value)}; COCO's format has images, annotations and categories.`,
    );
  return value.map((item, index) => recordOf(item, `${label} ${key}.${index}`));
}

/** An id: a whole number or a text, `7` being the same as `"7"`. @throws InputError when it is neither */
export function idOf(record: JsonRecord, key: string, location: string): string {
  const value = record[key];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new InputError(`${location}: ${key}: expected a number or a text, found ${shown(value)}.`);
}

/** @throws InputError when it is no text, or an empty one */
export function textOf(record: JsonRecord, key: string, location: string): string {
  const value = record[key];
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  if (typeof value === 'number') return String(value);
  throw new InputError(`${location}: ${key}: expected a text, found ${shown(value)}.`);
}

/** Undefined for what is no finite number. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** 0, false and nothing are no; 1 and true are yes. @throws InputError for anything else */
export function truthOf(value: unknown, location: string): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (typeof value === 'boolean') return value;
  if (/^(0|false)$/i.test(String(value))) return false;
  if (/^(1|true)$/i.test(String(value))) return true;
  throw new InputError(`${location}: iscrowd: expected 0 or 1, found ${shown(value)}.`);
}

type Box = [left: number, top: number, width: number, height: number];

/** Four numbers; where there is no box the one around the polygons. @throws InputError when there are neither */
export function boxOf(record: JsonRecord, location: string): Box {
  const { bbox, segmentation } = record;
  const numbers = Array.isArray(bbox) ? bbox.map(numberOf) : [];
  if (numbers.length === 4 && numbers.every((value) => value !== undefined)) return numbers as Box;
  const isNone = bbox === undefined || bbox === null || (Array.isArray(bbox) && bbox.length === 0);
  const points = isNone && Array.isArray(segmentation) ? segmentation.flat().map(numberOf) : [];
  if (points.length >= 6 && points.every((value) => value !== undefined)) return around(points as number[]);
  throw new InputError(`${location}: bbox: expected four numbers (left, top, width, height), found ${shown(bbox)}.`);
}

function around(points: readonly number[]): Box {
  const least = (axis: number) =>
    points.reduce((best, value, at) => (at % 2 === axis ? Math.min(best, value) : best), Infinity);
  const most = (axis: number) =>
    points.reduce((best, value, at) => (at % 2 === axis ? Math.max(best, value) : best), -Infinity);
  const [left, top] = [least(0), least(1)];
  return [left, top, most(0) - left, most(1) - top];
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
