import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { UsageError } from '../errors';

/** Reads the value of an option that counts something. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return value;
}

/** Reads the value of an option that may be 0. */
export function nonNegativeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Expected a whole number from 0 up.');
  return value;
}

/** Reads a port; 0 is one that is free. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  return value;
}

/** Reads a probability. */
export function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('Expected a number between 0 and 1.');
  return value;
}

/** For options that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** The weights and the rest of the arguments: the weights come by `--run` or as the first argument. */
export function weightsAndInputs(
  run: string | undefined,
  first: string | undefined,
  rest: readonly string[],
): { weights: string; inputs: string[] } {
  const all = first === undefined ? [] : [first, ...rest];
  const weights = run ?? all.shift();
  if (weights === undefined)
    throw new UsageError('Expected the weights (a run folder, a hub folder or a hub name) and images, found neither.');
  if (all.length === 0) throw new UsageError(`Expected at least one image after the weights ${weights}, found none.`);
  return { weights, inputs: all };
}

/** Where the images go that show how a model sees, a numbered folder a call. */
export const NUMBER = join('reports', 'figures');

/** The first of `<parent>/1`, `<parent>/2`, … that does not exist. */
export function numberedFolder(parent: string): string {
  let number = 1;
  while (existsSync(join(parent, String(number)))) number++;
  return join(parent, String(number));
}
