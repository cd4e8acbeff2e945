/**
 * The names that transformers 5 uses in memory, and those of the files on the hub, which every version reads and writes
 * (transformers 5.18, conversion_mapping.py, "DetrModel").
 */
import type { Tensor } from '../../tensor';

const PUBLISHED: readonly (readonly [RegExp, string])[] = [
  [/^backbone\.model\./, 'backbone.conv_encoder.model.'],
  // Version 4 had learned positions beside the backbone's network.
  [/^backbone\.position_embedding\./, 'position_embedding.'],
  [/^((?:encoder|decoder)\.layers\.\d+\.\w+)\.o_proj\./, '$1.out_proj.'],
  [/^((?:encoder|decoder)\.layers\.\d+)\.mlp\.(fc[12])\./, '$1.$2.'],
];

/** Puts the tensors of `state` whose keys begin with `prefix` under their published keys. */
export function renameToPublished(state: Map<string, Tensor>, prefix: string): void {
  for (const [key, tensor] of [...state]) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    const published = PUBLISHED.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), name);
    if (published === name) continue;
    state.delete(key);
    state.set(prefix + published, tensor);
  }
}
