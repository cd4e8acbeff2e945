import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { InputError } from '../../errors';
import { type ConfigTree, isGroup } from './keys';

/** The key under which a configuration names those that it changes. */
export const EXTENDS = 'extends';

/** The content of one file, without what it extends. */
export interface ConfigLayer {
  readonly path: string;
  readonly tree: ConfigTree;
}

/**
 * A file and those that it extends, each before what changes it: `extends: base.yaml`, or a list of several, of which a later one
 * changes an earlier. Paths are relative to the file that has them.
 * @throws InputError for files that extend each other in a circle
 */
export function readConfigLayers(path: string, below: readonly string[] = []): ConfigLayer[] {
  const chain = [...below, path];
  const first = chain.findIndex((other) => resolve(other) === resolve(path));
  if (first < below.length)
    throw new InputError(`${chain.slice(first).join(' extends ')}: a circle; take one of the lines "extends" out.`);
  const { [EXTENDS]: bases = [], ...tree } = readConfigFile(path);
  const names = typeof bases === 'string' ? [bases] : bases;
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
    throw new InputError(`${path}: expected a file or a list of files for "extends", found ${describeValue(bases)}.`);
  const inherited = names.flatMap((name) => readConfigLayers(relativeTo(path, name), chain));
  return [...inherited, { path, tree }];
}

/** Reads one YAML mapping; an empty file is an empty mapping. */
export function readConfigFile(path: string): ConfigTree {
  const document = parseDocument(readText(path));
  const [problem] = document.errors;
  if (problem) throw new InputError(`${path} is not valid YAML: ${problem.message.split('\n')[0]!.replace(/:$/, '')}.`);
  const tree: unknown = document.toJS() ?? {};
  if (!isGroup(tree)) throw new InputError(`${path}: expected "key: value" lines, found ${describeValue(tree)}.`);
  return tree;
}

/** A value as errors show it. */
export function describeValue(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
}

function relativeTo(path: string, name: string): string {
  return isAbsolute(name) ? name : join(dirname(path), name);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(`Cannot read the configuration ${path}: ${(cause as Error).message}.`, { cause });
  }
}
