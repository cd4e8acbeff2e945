/** Random inputs for the two models, right and wrong ones; compiled ones must do with each what the model itself does. */
import { compile } from '../../ts/compile';
import { Rng } from '../../ts/data';
import { ACTIVATION_NAMES } from '../../ts/models/activations';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { assertNear } from './near';
import { detr, MASKS, vit } from './small-models';

export type Kind = 'ViT' | 'DETR';

/** Inputs for one model: more would be served by the plans of those before. */
const EACH = 10;

/**
 * Compiles models of random options, and gives each some random inputs.
 * @param seeds of the models
 * @throws what differs, with the seed
 */
export function fuzz(kind: Kind, seeds: readonly number[]): void {
  for (const seed of seeds) {
    torch.manualSeed(seed);
    const random = new Rng(seed);
    torch.scope(() => {
      const model = kind === 'ViT' ? randomVit(random) : randomDetr(random);
      using compiled = compile(model, { tolerance: 1e-4, maxPlans: 1 + random.integer(4), onWarning: () => undefined });
      for (let i = 0; i < EACH; i++) {
        const input = randomInput(random, kind);
        const wanted = outcomeOf(() => torch.noGrad(() => model.forward(input as never)));
        for (let run = 0; run < 2; run++) {
          const found = outcomeOf(() => compiled.forward(input as never));
          try {
            assertNear(found, wanted);
          } catch (cause) {
            throw new Error(`TORCHTS_FUZZ_SEED=${seed}, input ${i} of ${kind}: ${describeInput(input)}`, { cause });
          }
        }
      }
    });
  }
}

/** What a call gives, or its error as plain data. */
function outcomeOf(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    return { class: (error as Error).constructor.name, message: (error as Error).message };
  }
}

function randomVit(random: Rng): ReturnType<typeof vit> {
  const side = 4 + random.integer(6);
  return vit({
    hiddenAct: random.pick(ACTIVATION_NAMES),
    hiddenSize: random.pick([4, 12, 32]),
    numAttentionHeads: random.pick([1, 2, 4]),
    patchSize: random.pick([side, [side, 1 + random.integer(9)]]) as never,
    imageSize: random.pick([32, [40, 24]]) as never,
    qkvBias: random.integer(2) > 0,
    attnImplementation: random.pick(['sdpa', 'eager']),
  });
}

function randomDetr(random: Rng): ReturnType<typeof detr> {
  return detr({
    activationFunction: random.pick(ACTIVATION_NAMES),
    positionEmbeddingType: random.pick(['sine', 'learned']),
    numQueries: 1 + random.integer(8),
    dModel: random.pick([8, 16, 32]),
  });
}

type Input = Readonly<Record<string, unknown>> & { readonly pixelValues: Tensor };

function randomInput(random: Rng, kind: Kind): Input {
  const extent = [random.integer(6), 1 + random.integer(80), 1 + random.integer(80)] as const;
  const isUsual = random.integer(8) > 0;
  const shape = isUsual
    ? [extent[0], 3, extent[1], extent[2]]
    : Array.from({ length: random.integer(6) }, () => random.integer(4));
  const dtype = random.integer(8) > 0 ? 'float32' : random.pick(['float64', 'bfloat16', 'int64', 'bool'] as const);
  const pixelValues = laidOut(random, torch.randn(shape)).to(dtype);
  if (kind === 'ViT')
    return { pixelValues, interpolatePosEncoding: random.integer(8) > 0, outputHiddenStates: random.integer(4) === 0 };
  if (random.integer(3) === 0) return { pixelValues };
  const pixelMask = MASKS[random.pick(Object.keys(MASKS))]!([Math.max(1, extent[0]), extent[1], extent[2]]);
  return { pixelValues, pixelMask, outputAttentions: random.integer(4) === 0 };
}

/** The same numbers with other strides. */
function laidOut(random: Rng, images: Tensor): Tensor {
  const { shape } = images;
  const layouts: readonly (() => Tensor)[] = [
    () => images,
    () => images.flip([0]),
    () => images.contiguous({ memoryFormat: 'channels_last' }),
    () => images.transpose(2, 3).contiguous().transpose(2, 3),
    () => torch.randn([...shape.slice(0, -1), shape.at(-1)! + 3]).narrow(-1, 2, shape.at(-1)!),
    () => (shape[1] === 0 ? images : images.narrow(1, 0, 1).expand(shape)),
  ];
  return shape.length === 4 ? random.pick(layouts)() : images;
}

function describeInput({ pixelValues, ...rest }: Input): string {
  const shown = Object.entries(rest).map(([name, value]) =>
    value instanceof torch.Tensor ? `${name} ${value.dtype}[${value.shape.join()}]` : `${name} ${String(value)}`,
  );
  return [`${pixelValues.dtype}[${pixelValues.shape.join()}:${pixelValues.strides.join()}]`, ...shown].join(', ');
}
