/** What a module is compiled with, as it is kept beside the weights: compile.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import { isPlainObject } from '../native/realm';
import { replaceFile } from '../native/replace-file';
import { expected } from '../options';
import type { ConvolutionRanges, Range, Ranges } from './passes/int8-convolution';
import { PRECISIONS, type Precision } from './precision';

/** The name of the file in the folder of a checkpoint. */
export const COMPILE_FILE = 'compile.json';

/** The least and the greatest number. */
type JsonRange = readonly [low: number, high: number];

/** By the path of a convolution's module, and how many it had called before: `model.backbone.conv1#0`. */
export type CalibrationJson = Readonly<
  Record<string, { readonly input: JsonRange; readonly residual: JsonRange | null; readonly result: JsonRange }>
>;

/** The ranges of numbers that were seen at the convolutions of a module: what int8 takes its scales from. */
export class Calibration {
  /** @internal made by compiling, or by {@link fromJSON} */
  constructor(
    /** @internal by the key of a convolution */
    readonly ranges: Ranges,
  ) {}

  /** The ranges as JSON holds them, for `JSON.stringify`. */
  toJSON(): CalibrationJson {
    const pair = ({ low, high }: Range): JsonRange => [low, high];
    return Object.fromEntries(
      [...this.ranges].map(([key, { input, residual, result }]) => [
        key,
        { input: pair(input), residual: residual && pair(residual), result: pair(result) },
      ]),
    );
  }

  /**
   * A calibration from what {@link toJSON} has given.
   * @param owner what to call it in errors
   * @throws InputError for anything else
   */
  static fromJSON(json: unknown, owner = 'Calibration.fromJSON'): Calibration {
    if (!isPlainObject(json)) throw expected(owner, 'an object with ranges by convolution', json, '', InputError);
    return new Calibration(
      new Map(Object.entries(json).map(([key, value]) => [key, rangesOf(value, `${owner}: ${key}`)])),
    );
  }
}

function rangesOf(value: unknown, owner: string): ConvolutionRanges {
  const { input, residual, result } = (value ?? {}) as Record<string, unknown>;
  return {
    input: rangeOf(input, `${owner}.input`),
    residual: residual === null ? null : rangeOf(residual, `${owner}.residual`),
    result: rangeOf(result, `${owner}.result`),
  };
}

function rangeOf(value: unknown, owner: string): Range {
  const [low, high] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
  if (!Number.isFinite(low) || !Number.isFinite(high) || (low as number) > (high as number))
    throw expected(owner, 'the least and the greatest of some numbers', value, '', InputError);
  return { low: low as number, high: high as number };
}

/** Options of `torch.compile` that go with a checkpoint. */
export interface SavedCompileOptions {
  readonly precision: Precision;
  /** Of convolutions in int8. @default none */
  readonly calibrate?: Calibration;
}

/** @internal writes compile.json into a folder */
export function writeCompileOptions(folder: string, { precision, calibrate }: SavedCompileOptions): void {
  requirePath('saveOptions', folder);
  const json = { precision, ...(calibrate && { calibration: calibrate }) };
  replaceFile(join(folder, COMPILE_FILE), `${JSON.stringify(json, null, 2)}\n`);
}

/**
 * What `CompiledModule.saveOptions` has written into a folder, for `torch.compile(model, options)`; null where there is nothing.
 * @throws InputError for a file that it has not written
 */
export function loadCompileOptions(folder: string): SavedCompileOptions | null {
  requirePath('loadCompileOptions', folder);
  const path = join(folder, COMPILE_FILE);
  if (!existsSync(path)) return null;
  const json = parse(path);
  if (!isPlainObject(json)) throw expected(path, 'an object', json, '', InputError);
  const { precision, calibration, ...rest } = json as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new InputError(`${path}: expected the keys precision and calibration, found ${JSON.stringify(unknown)}`);
  if (!PRECISIONS.includes(precision as Precision))
    throw expected(path, `a precision of '${PRECISIONS.join("', '")}'`, precision, '', InputError);
  return {
    precision: precision as Precision,
    ...(calibration !== undefined && { calibrate: Calibration.fromJSON(calibration, `${path}: calibration`) }),
  };
}

function requirePath(owner: string, folder: unknown): void {
  if (typeof folder !== 'string') throw expected(owner, 'the path of a folder', folder, '', InputError);
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new InputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}
