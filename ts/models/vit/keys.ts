import type { Tensor } from '../../tensor';

/**
 * The names that transformers 5 uses in memory, and those of the files on the hub, which every version reads and writes
 * (transformers 5.18, conversion_mapping.py, "ViTModel").
 */
const PUBLISHED: readonly (readonly [RegExp, string])[] = [
  [/^layers\.(\d+)\./, 'encoder.layer.$1.'],
  [/\.attention\.q_proj\./, '.attention.attention.query.'],
  [/\.attention\.k_proj\./, '.attention.attention.key.'],
  [/\.attention\.v_proj\./, '.attention.attention.value.'],
  [/\.attention\.o_proj\./, '.attention.output.dense.'],
  [/\.mlp\.fc1\./, '.intermediate.dense.'],
  [/\.mlp\.fc2\./, '.output.dense.'],
];

/** The published name of a parameter of the backbone; one that is published already stays as it is. */
export function publishedKey(key: string): string {
  return PUBLISHED.reduce((name, [pattern, replacement]) => name.replace(pattern, replacement), key);
}

/** Puts the tensors of `state` whose keys begin with `prefix` under their published keys. */
export function renameToPublished(state: Map<string, Tensor>, prefix: string): void {
  for (const [key, tensor] of [...state]) {
    if (!key.startsWith(`${prefix}layers.`)) continue;
    state.delete(key);
    state.set(prefix + publishedKey(key.slice(prefix.length)), tensor);
  }
}
