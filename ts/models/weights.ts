import { readFile } from 'node:fs/promises';
import { InputError } from '../errors';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import type { CheckpointSource } from './source';

export const WEIGHTS_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

/** The weight files of a checkpoint: one, or the parts that its index names. */
export async function weightFiles(source: CheckpointSource): Promise<string[]> {
  const whole = await source.find(WEIGHTS_FILE);
  if (whole) return [whole];
  const index = await source.find(INDEX_FILE);
  if (!index) {
    throw source.missing(`${WEIGHTS_FILE} (a checkpoint that has only pytorch_model.bin must be saved once more by a current transformers)`);
  }
  const parts: string[] = [];
  for (const name of partNames(await readJson(index), index)) {
    const part = await source.find(name);
    if (!part) throw source.missing(`${name}, which ${INDEX_FILE} names`);
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
  return new Set(names as string[]);
}

/** All tensors of the files; their memory is the files', mapped copy-on-write. */
export function readWeights(files: readonly string[]): Map<string, Tensor> {
  return new Map(files.flatMap((file) => Object.entries(torch.safetensors.load(file))));
}

/** @throws InputError that names the file and what is wrong in it */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: expected JSON, found something else (${(error as Error).message}).`, { cause: error });
  }
}
