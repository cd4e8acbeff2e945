/** The TypeScript ViT against its twin in C++ torch::nn (native/reference): the same weights, the same operators, the same bits. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ViTConfig, ViTForImageClassification, type ViTOptions } from '../../ts/models';
import { ViTLayer } from '../../ts/models/vit/layers';
import type { Module } from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';

interface TwinResult {
  readonly output: Float32Array;
  readonly inputGradient: Float32Array;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

type Twin = (
  options: Readonly<Record<string, number>>,
  weights: Readonly<Record<string, Float32Array>>,
  input: Float32Array,
  inputShape: readonly number[],
  outputGradient: Float32Array,
) => TwinResult;

const OPTIONS = {
  hiddenSize: 48,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  intermediateSize: 96,
  imageSize: 32,
  patchSize: 8,
  numChannels: 3,
  numLabels: 6,
  layerNormEps: 1e-12,
} satisfies ViTOptions;

const ADDON = path.join(__dirname, '..', '..', 'build', 'Release', 'torchts_reference.node');

/** The numbers of a float32 tensor. */
const floats = (tensor: Tensor): Float32Array => tensor.detach().data() as Float32Array;

/** Gradients of zero would be equal too, so the weights are drawn wide. */
function randomWeights<T extends Module>(module: T, seed: number): T {
  torch.manualSeed(seed);
  torch.noGrad(() => module.parameters().forEach((parameter) => parameter.normal_(0, 0.3)));
  return module;
}

function runTypeScript(
  module: Module,
  forward: (input: Tensor) => Tensor,
  input: Tensor,
  outputGradient: Tensor,
): TwinResult {
  input.requiresGrad_(true);
  const output = forward(input);
  output.backward(outputGradient);
  const gradients = Object.fromEntries(module.namedParameters().map(([name, { grad }]) => [name, floats(grad!)]));
  return { output: floats(output), inputGradient: floats(input.grad!), gradients };
}

function runTwin(
  twin: Twin,
  options: typeof OPTIONS,
  module: Module,
  input: Tensor,
  outputGradient: Tensor,
): TwinResult {
  const weights = Object.fromEntries(
    Object.entries(module.stateDict()).map(([name, tensor]) => [name, floats(tensor)]),
  );
  return twin(options, weights, floats(input), input.shape, floats(outputGradient));
}

/** The names of what differs in any bit; NaN counts as equal to itself, as bits do. */
function differences(ours: TwinResult, twins: TwinResult): string[] {
  const same = (a: Float32Array, b: Float32Array | undefined): boolean =>
    b !== undefined &&
    Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
  const names = Object.keys(ours.gradients).filter((name) => !same(ours.gradients[name]!, twins.gradients[name]));
  if (!same(ours.output, twins.output)) names.push('output');
  if (!same(ours.inputGradient, twins.inputGradient)) names.push('input');
  return names;
}

describe('ViT against its C++ twin', () => {
  let reference: { vitLayer: Twin; vit: Twin };

  before(function () {
    assert.ok(
      existsSync(ADDON),
      `${ADDON} is not built: run \`make test\`, or \`npx cmake-js build --target torchts_reference\``,
    );
    reference = require(ADDON) as typeof reference;
  });

  function block(options: typeof OPTIONS): { ours: TwinResult; twin: (options: typeof OPTIONS) => TwinResult } {
    const layer = randomWeights(new ViTLayer(new ViTConfig(options)), 1);
    const [input, outputGradient] = [torch.randn([3, 17, 48]), torch.randn([3, 17, 48])];
    const ours = runTypeScript(layer, (tokens) => layer.forward(tokens), input, outputGradient);
    return { ours, twin: (other) => runTwin(reference.vitLayer, other, layer, input, outputGradient) };
  }

  it('the block: output and all gradients are equal to the last bit', () => {
    const { ours, twin } = block(OPTIONS);
    assert.deepEqual(differences(ours, twin(OPTIONS)), []);
    assert.equal(Object.keys(ours.gradients).length, 16);
    assert.ok(ours.output.every(Number.isFinite) && ours.output.some((value) => Math.abs(value) > 0.1));
  });

  it('the whole model: logits and all gradients are equal to the last bit', () => {
    const model = randomWeights(ViTForImageClassification.fromConfig(OPTIONS), 2);
    const [pixelValues, outputGradient] = [torch.randn([2, 3, 32, 32]), torch.randn([2, 6])];
    const ours = runTypeScript(
      model,
      (images) => model.forward({ pixelValues: images }).logits,
      pixelValues,
      outputGradient,
    );
    assert.deepEqual(differences(ours, runTwin(reference.vit, OPTIONS, model, pixelValues, outputGradient)), []);
    assert.equal(Object.keys(ours.gradients).length, 40);
  });

  it('the comparison notices another eps, in the output and in the gradients', () => {
    const { ours, twin } = block(OPTIONS);
    const found = differences(ours, twin({ ...OPTIONS, layerNormEps: 1e-6 }));
    assert.ok(found.includes('output') && found.includes('attention.attention.query.weight'), found.join());
  });

  it('the comparison notices another number of heads', () => {
    const { ours, twin } = block(OPTIONS);
    assert.ok(differences(ours, twin({ ...OPTIONS, numAttentionHeads: 2 })).includes('output'));
  });

  it('the twin refuses weights that are not its own', () => {
    const layer = new ViTLayer(new ViTConfig(OPTIONS));
    const input = torch.zeros([1, 2, 48]);
    const weights = Object.fromEntries(
      Object.entries(layer.stateDict()).map(([name, tensor]) => [name, floats(tensor)]),
    );
    const run = (changed: Record<string, Float32Array>) => () =>
      reference.vitLayer(OPTIONS, changed, floats(input), [1, 2, 48], floats(input));
    assert.throws(run({}), /expected 16 weights/);
    assert.throws(run({ ...weights, 'output.dense.bias': new Float32Array(3) }), /expected 48 numbers, found 3/);
  });
});
