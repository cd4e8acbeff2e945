import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { decodeText, requireText } from '../data/text';
import { InputError } from '../errors';
import { causeOf } from '../native/system-error';
import * as torch from '../tensor';
import { Tensor } from '../tensor';
import { loadPth } from './pth';
import type { CheckpointSource } from './source';

export const WEIGHTS_FILE = 'model.safetensors';
/** What transformers wrote before safetensors. */
const FORMER_FILE = 'pytorch_model.bin';

/** The weight files of a checkpoint: one, or the parts that its index names; safetensors where there are both kinds. */
export async function weightFiles(source: CheckpointSource): Promise<string[]> {
  for (const file of [WEIGHTS_FILE, FORMER_FILE]) {
    const whole = await source.find(file);
    if (whole) return [whole];
    const index = await source.find(`${file}.index.json`);
    if (index) return partsOf(index, source);
  }
  throw source.missing(`${WEIGHTS_FILE} or ${FORMER_FILE}`);
}

async function partsOf(index: string, source: CheckpointSource): Promise<string[]> {
  const parts: string[] = [];
  for (const name of partNames(await readJson(index), index)) {
    const part = await source.find(name);
    if (!part) throw source.missing(`${name}, which ${basename(index)} names`);
    parts.push(part);
  }
  return parts;
}

function partNames(index: unknown, path: string): Set<string> {
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  const names = typeof map === 'object' && map !== null ? Object.values(map) : [];
  if (names.length === 0 || names.some((name) => typeof name !== 'string')) {
    throw new InputError(`${path}: expected a weight_map from tensors to files; the file is damaged, fetch it again.`);
  }
  const outside = (names as string[]).find((name) => basename(name) !== name || name === '..');
  if (outside !== undefined)
    throw new InputError(
      `${path}: expected files of its own folder in weight_map, found ${JSON.stringify(outside.slice(0, 100))}.`,
    );
  return new Set(names as string[]);
}

/** All tensors of the files. @throws InputError for a damaged file, or one that holds no tensors */
export function readWeights(files: readonly string[]): Map<string, Tensor> {
  return new Map(
    files.flatMap((file) =>
      Object.entries(file.endsWith('.safetensors') ? torch.safetensors.load(file) : stateOf(file)),
    ),
  );
}

/**
 * The tensors of a file of `torch.save`, alone or beside what a training wrote.
 * @throws InputError for a file that holds none
 */
function stateOf(path: string): Record<string, Tensor> {
  const content = loadPth(path) as Record<string, unknown> | null;
  const tensors = [...STATE_KEYS.map((key) => content?.[key]), content].map(tensorsOf).find((part) => part.length > 0);
  if (!tensors)
    throw new InputError(
      `${path}: expected tensors by their names, as a state_dict has them, alone or under ${STATE_KEYS.join(', ')}, found none.`,
    );
  return Object.fromEntries(tensors);
}

/** What training scripts keep the weights under; averaged ones come last, as they lie beside the model's own. */
const STATE_KEYS = [
  'model',
  'state_dict',
  'model_state_dict',
  'net',
  'module',
  'weights',
  'model_ema',
  'ema',
  'teacher',
];

function tensorsOf(part: unknown): [string, Tensor][] {
  if (typeof part !== 'object' || part === null || part instanceof Tensor) return [];
  return Object.entries(part).filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor);
}

/** From the names of one version of a library to those of another: what matches the pattern is replaced. */
export type KeyRule = readonly [pattern: RegExp, replacement: string];

/** Applies the rules to the keys of `state` that begin with `prefix`: to what follows the prefix. */
export function renameKeys(state: Map<string, Tensor>, prefix: string, rules: readonly KeyRule[]): void {
  for (const [key, tensor] of [...state]) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    const renamed = rules.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), name);
    if (renamed === name) continue;
    state.delete(key);
    state.set(prefix + renamed, tensor);
  }
}

/** @throws InputError that names the file and what is wrong in it */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new InputError(`${path} cannot be read: ${causeOf(cause)}.`, { cause });
  });
  requireText(bytes, path);
  try {
    return JSON.parse(decodeText(bytes));
  } catch (error) {
    throw new InputError(`${path}: expected JSON, found something else (${(error as Error).message}).`, {
      cause: error,
    });
  }
}
