/** The options of models: what a configuration may hold, what each is when nobody says, and how files spell it. */
import { InputError } from '../errors';

/** One option of a model: what it is when nobody says, and what it may be. */
export interface Field<T> {
  readonly default: T;
  /** Ends the sentence "expected … to be". */
  readonly expected: string;
  /** Whether it may be this. */
  readonly accepts: (value: unknown) => boolean;
  /** A float in Python's files, where 1 and 1.0 are different types. */
  readonly isFloat?: true;
}

/** The options of a kind of model, by their names in camelCase; files have them in snake_case. */
export type FieldTable = Readonly<Record<string, Field<unknown>>>;

/** The values that the fields of a table describe. */
export type FieldValues<Table extends FieldTable> = {
  [Name in keyof Table]: Table[Name] extends Field<infer T> ? T : never;
};

/** One number for height and width, or `[height, width]`. */
export type ImageSize = number | readonly [number, number];

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
const isNumber = (value: unknown, most: number): boolean => typeof value === 'number' && value >= 0 && value <= most;

/** A whole number of at least 1. */
export function count(fallback: number): Field<number> {
  return { default: fallback, expected: 'a positive whole number', accepts: isCount };
}

/** A number of at least 0 that Python has as a float: config.json says 1.0, where `coefficient` says 1. */
export function amount(fallback: number): Field<number> {
  return { ...coefficient(fallback), isFloat: true };
}

/** A number of at least 0 that Python has as it was given: config.json says 1 or 0.5. */
export function coefficient(fallback: number): Field<number> {
  return {
    default: fallback,
    expected: 'a number of at least 0',
    accepts: (value) => isNumber(value, Number.MAX_VALUE),
  };
}

/** A number from 0 to 1. */
export function probability(fallback: number): Field<number> {
  return { default: fallback, expected: 'a number from 0 to 1', accepts: (value) => isNumber(value, 1) };
}

/** True or false. */
export function flag(fallback: boolean): Field<boolean> {
  return { default: fallback, expected: 'true or false', accepts: (value) => typeof value === 'boolean' };
}

/** One of some names. */
export function oneOf<const Name extends string>(names: readonly Name[], fallback: Name): Field<Name> {
  return {
    default: fallback,
    expected: `one of ${names.join(', ')}`,
    accepts: (value) => names.includes(value as Name),
  };
}

/** Pixels of a square, or `[height, width]`. */
export function imageSize(fallback: ImageSize): Field<ImageSize> {
  const accepts = (value: unknown): boolean =>
    isCount(value) || (Array.isArray(value) && value.length === 2 && value.every(isCount));
  return { default: fallback, expected: 'a positive whole number or [height, width]', accepts };
}

/** Whole numbers of at least 1. */
export function counts(fallback: readonly number[]): Field<readonly number[]> {
  const accepts = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isCount);
  return { default: fallback, expected: 'a list of positive whole numbers', accepts };
}

/** Whole numbers, negative ones too. */
export function integers(): Field<readonly number[]> {
  return {
    default: [],
    expected: 'a list of whole numbers',
    accepts: (value) => Array.isArray(value) && value.every(Number.isInteger),
  };
}

/** Any number of strings. */
export function strings(): Field<readonly string[]> {
  const accepts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
  return { default: [], expected: 'a list of strings', accepts };
}

/** The same field, with no value as its default. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field, default: undefined };
}

/** `[height, width]` of a size that may be one number. */
export function heightWidth(size: ImageSize): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : size;
}

/**
 * Rows and columns of the patches that an image is cut into.
 * @throws InputError when there is none
 */
export function patchGrid(
  { imageSize, patchSize }: { readonly imageSize: ImageSize; readonly patchSize: ImageSize },
  where = 'patchGrid',
): readonly [rows: number, columns: number] {
  const [height, width] = heightWidth(imageSize);
  const [patchHeight, patchWidth] = heightWidth(patchSize);
  const grid = [Math.floor(height / patchHeight), Math.floor(width / patchWidth)] as const;
  if (grid[0] * grid[1] > 0) return grid;
  throw new InputError(
    `${where}: expected imageSize to hold at least one patch of ${String(patchSize)}, found ${String(imageSize)}.`,
  );
}

/**
 * The value of every field: the given one, else the default; null counts as left out, as None does in Python's files.
 * @throws InputError that begins with `where` and names the field
 */
export function fieldValues<Table extends FieldTable>(
  table: Table,
  given: Readonly<Record<string, unknown>>,
  where: string,
): FieldValues<Table> {
  const values = Object.entries(table).map(([name, field]) => {
    const value = given[name] ?? undefined;
    if (value === undefined) return [name, field.default];
    if (field.accepts(value)) return [name, value];
    throw new InputError(`${where}: expected ${name} to be ${field.expected}, found ${JSON.stringify(value)}.`);
  });
  return Object.fromEntries(values) as FieldValues<Table>;
}

/** `hiddenSize` -> `hidden_size` */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `hidden_size` -> `hiddenSize` */
export function camelCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
