/**
 * The names that the parameters of a DETR have in published files: those of the hub, which are this package's too, those
 * that transformers 5 uses in memory, and those of facebookresearch/detr.
 */
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { KeyRule } from '../weights';
import type { DetrConfig } from './config';

/** From the names that transformers 5 uses in memory to those of the files, which every version reads and writes (transformers 5.18, conversion_mapping.py, "DetrModel"). */
export const PUBLISHED: readonly KeyRule[] = [
  [/^backbone\.model\./, 'backbone.conv_encoder.model.'],
  // Version 4 had learned positions beside the backbone's network.
  [/^backbone\.position_embedding\./, 'position_embedding.'],
  [/^((?:encoder|decoder)\.layers\.\d+\.\w+)\.o_proj\./, '$1.out_proj.'],
  [/^((?:encoder|decoder)\.layers\.\d+)\.mlp\.(fc[12])\./, '$1.$2.'],
];

/** The authors' names and those of the hub. Theirs have the projections of queries, keys and values in one matrix, one below the other. */
type Pair = readonly [authors: string, published: string];

const TOP: readonly Pair[] = [
  ['transformer.decoder.norm', 'model.decoder.layernorm'],
  ['backbone.1.row_embed', 'model.position_embedding.row_embeddings'],
  ['backbone.1.col_embed', 'model.position_embedding.column_embeddings'],
  ['query_embed', 'model.query_position_embeddings'],
  ['input_proj', 'model.input_projection'],
  ['class_embed', 'class_labels_classifier'],
  ...[0, 1, 2].map((i): Pair => [`bbox_embed.layers.${i}`, `bbox_predictor.layers.${i}`]),
];

const SHARED: readonly Pair[] = [
  ['linear1', 'fc1'],
  ['linear2', 'fc2'],
  ['norm1', 'self_attn_layer_norm'],
  ['self_attn.out_proj', 'self_attn.out_proj'],
];
const LAYER: Readonly<Record<'encoder' | 'decoder', readonly Pair[]>> = {
  encoder: [...SHARED, ['norm2', 'final_layer_norm']],
  decoder: [
    ...SHARED,
    ['norm2', 'encoder_attn_layer_norm'],
    ['norm3', 'final_layer_norm'],
    ['multihead_attn.out_proj', 'encoder_attn.out_proj'],
  ],
};
const ATTENTION: Readonly<Record<'encoder' | 'decoder', readonly Pair[]>> = {
  encoder: [['self_attn', 'self_attn']],
  decoder: [
    ['self_attn', 'self_attn'],
    ['multihead_attn', 'encoder_attn'],
  ],
};

const BACKBONE: Pair = ['backbone.0.body.', 'model.backbone.conv_encoder.model.'];
const PROJECTIONS = ['q_proj', 'k_proj', 'v_proj'] as const;

type LayerCounts = Pick<DetrConfig, 'encoderLayers' | 'decoderLayers'>;

/** Pairs of names in every layer. */
function inLayers(table: Readonly<Record<'encoder' | 'decoder', readonly Pair[]>>, counts: LayerCounts): Pair[] {
  return (['encoder', 'decoder'] as const).flatMap((stack) =>
    Array.from({ length: counts[`${stack}Layers`] }, (_, layer) =>
      table[stack].map(([authors, published]): Pair => [
        `transformer.${stack}.layers.${layer}.${authors}`,
        `model.${stack}.layers.${layer}.${published}`,
      ]),
    ).flat(),
  );
}

function renamed(state: ReadonlyMap<string, Tensor>, counts: LayerCounts, from: 0 | 1): Map<string, Tensor> {
  const to = from === 0 ? 1 : 0;
  const names = new Map([...TOP, ...inLayers(LAYER, counts)].map((pair) => [pair[from], pair[to]]));
  const rename = (key: string): string => {
    if (key.startsWith(BACKBONE[from])) return BACKBONE[to] + key.slice(BACKBONE[from].length);
    const end = key.lastIndexOf('.');
    const name = names.get(key.slice(0, end));
    return name === undefined ? key : name + key.slice(end);
  };
  return new Map([...state].map(([key, tensor]) => [rename(key), tensor]));
}

/** The authors' tensors under the hub's names; what has no counterpart keeps its name. */
export function fromAuthors(state: ReadonlyMap<string, Tensor>, counts: LayerCounts): Map<string, Tensor> {
  const published = renamed(state, counts, 0);
  for (const [authors, name] of inLayers(ATTENTION, counts)) {
    for (const leaf of ['weight', 'bias']) {
      const packed = published.get(`${authors}.in_proj_${leaf}`);
      if (!packed) continue;
      published.delete(`${authors}.in_proj_${leaf}`);
      // Copies, for parameters must not share memory: (3 D, …) -> (D, …)
      packed.chunk(3).forEach((part, i) => published.set(`${name}.${PROJECTIONS[i]!}.${leaf}`, part.clone()));
    }
  }
  return published;
}

/** The hub's tensors under the authors' names. */
export function toAuthors(state: ReadonlyMap<string, Tensor>, counts: LayerCounts): Map<string, Tensor> {
  const authored = renamed(state, counts, 1);
  for (const [authors, name] of inLayers(ATTENTION, counts)) {
    for (const leaf of ['weight', 'bias']) {
      const parts = PROJECTIONS.map((projection) => authored.get(`${name}.${projection}.${leaf}`)!);
      PROJECTIONS.forEach((projection) => authored.delete(`${name}.${projection}.${leaf}`));
      authored.set(`${authors}.in_proj_${leaf}`, torch.cat(parts)); // 3 of (D, …) -> (3 D, …)
    }
  }
  return authored;
}
