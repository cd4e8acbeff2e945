/**
 * The names that the parameters of a ResNet have in published files. torchvision, timm and the authors of DETR use the
 * same; transformers has its own.
 */

/** Names of a convolution and of the normalisation behind it. */
export type UnitKeys = readonly [conv: string, norm: string];

export interface Keys {
  readonly stem: UnitKeys;
  /** @param stage from 1; @param block from 0 */
  readonly block: (stage: number, block: number) => string;
  /** @param index from 0, within the block */
  readonly conv: (index: number) => UnitKeys;
  readonly shortcut: UnitKeys;
}

export const KEY_STYLES = {
  torchvision: {
    stem: ['conv1', 'bn1'],
    block: (stage, block) => `layer${stage}.${block}`,
    conv: (index) => [`conv${index + 1}`, `bn${index + 1}`],
    shortcut: ['downsample.0', 'downsample.1'],
  },
  huggingface: {
    stem: ['embedder.embedder.convolution', 'embedder.embedder.normalization'],
    block: (stage, block) => `encoder.stages.${stage - 1}.layers.${block}`,
    conv: (index) => [`layer.${index}.convolution`, `layer.${index}.normalization`],
    shortcut: ['shortcut.convolution', 'shortcut.normalization'],
  },
} as const satisfies Record<string, Keys>;

/** Whose names the weights of a ResNet have. */
export type KeyStyle = keyof typeof KEY_STYLES;
const KEY_STYLE_NAMES = Object.keys(KEY_STYLES) as readonly KeyStyle[];

/** Names of all convolutions and normalisations of a ResNet that has a shortcut in every block; the same order in every style. */
function layerKeys(style: KeyStyle, depths: readonly number[]): string[] {
  const keys: Keys = KEY_STYLES[style];
  const parts = [keys.shortcut, keys.conv(0), keys.conv(1), keys.conv(2)].flat();
  const blocks = depths.flatMap((depth, stage) =>
    Array.from({ length: depth }, (_, block) => keys.block(stage + 1, block)),
  );
  return [...keys.stem, ...blocks.flatMap((block) => parts.map((part) => `${block}.${part}`))];
}

/** Gives the layers of a ResNet in `state`, below `prefix`, the names of `style`. */
export function translateKeys<T>(
  state: Map<string, T>,
  prefix: string,
  style: KeyStyle,
  depths: readonly number[],
): void {
  const own = layerKeys(style, depths);
  const others = KEY_STYLE_NAMES.filter((other) => other !== style);
  const names = new Map(others.flatMap((other) => layerKeys(other, depths).map((key, i) => [key, own[i]!])));
  for (const [key, value] of [...state]) {
    const end = key.lastIndexOf('.');
    const name = key.startsWith(prefix) ? names.get(key.slice(prefix.length, end)) : undefined;
    if (name === undefined) continue;
    state.delete(key);
    state.set(prefix + name + key.slice(end), value);
  }
}
