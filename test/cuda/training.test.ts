import assert from 'node:assert/strict';
import { Linear, Module, utils } from '../../ts/nn';
import { AdamW } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { ViTForImageClassification } from '../../ts/models';
import { distance, onGpu } from './gpu';

const vit = {
  imageSize: 32,
  patchSize: 8,
  hiddenSize: 64,
  numHiddenLayers: 3,
  numAttentionHeads: 4,
  intermediateSize: 128,
  numLabels: 5,
  problemType: 'multi_label_classification',
} as const;

/** Twice the same model: on the CPU and on the GPU. */
function pair(dtype: 'float32' | 'float64'): [cpu: ViTForImageClassification, gpu: ViTForImageClassification] {
  const [cpu, gpu] = [ViTForImageClassification.fromConfig(vit), ViTForImageClassification.fromConfig(vit)];
  gpu.loadStateDict(cpu.stateDict());
  return [cpu.to(dtype), gpu.to({ device: 'cuda', dtype })];
}

function batch(dtype: 'float32' | 'float64'): { pixelValues: torch.Tensor; labels: torch.Tensor } {
  torch.manualSeed(1);
  const pixelValues = torch.randn([4, 3, 32, 32]).to(dtype); // (B, C, H, W)
  return { pixelValues, labels: torch.randn([4, 5]).gt(0).to(dtype) }; // (B, K)
}

function onto(device: torch.Device, { pixelValues, labels }: ReturnType<typeof batch>): ReturnType<typeof batch> {
  return { pixelValues: pixelValues.to(device), labels: labels.to(device) };
}

function gradients(module: Module): torch.Tensor[] {
  return module.parameters().map(({ grad }) => grad!);
}

onGpu('training on CUDA', () => {
  it('a ViT gives the logits, the loss and the gradients of the CPU', () => {
    const [cpu, gpu] = pair('float64');
    const [here, there] = [cpu.forward(batch('float64')), gpu.forward(onto('cuda', batch('float64')))];
    assert.equal(there.logits.device, 'cuda:0');
    assert.ok(distance(here.logits, there.logits) < 1e-10);
    assert.ok(distance(here.loss!, there.loss!) < 1e-10);
    here.loss!.backward();
    there.loss!.backward();
    const apart = gradients(cpu).map((gradient, i) => distance(gradient, gradients(gpu)[i]!));
    assert.ok(Math.max(...apart) < 1e-10);
  });

  it('a ViT in float32 is near the CPU, as near as cuDNN’s TF32 convolution lets it be', () => {
    const [cpu, gpu] = pair('float32');
    const [here, there] = torch.inferenceMode(() => [
      cpu.forward(batch('float32')).logits,
      gpu.forward(onto('cuda', batch('float32'))).logits,
    ]);
    assert.ok(distance(here!, there!) < 2e-3);
  });

  it('the fused AdamW takes the steps of the CPU', () => {
    const [cpu, gpu] = pair('float64');
    const optimizers = [cpu, gpu].map(
      (model) => new AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.05, fused: true }),
    );
    for (let i = 0; i < 10; i++) {
      cpu.forward(batch('float64')).loss!.backward();
      gpu.forward(onto('cuda', batch('float64'))).loss!.backward();
      const norms = [cpu, gpu].map((model) => utils.clipGradNorm(model.parameters(), 1));
      assert.ok(distance(norms[0]!, norms[1]!) < 1e-9);
      for (const optimizer of optimizers) {
        optimizer.step();
        optimizer.zeroGrad();
      }
    }
    const apart = cpu.parameters().map((parameter, i) => distance(parameter, gpu.parameters()[i]!));
    assert.ok(Math.max(...apart) < 1e-8);
  });

  it('autocast computes matrix products in the type asked for, and gives float32 gradients', () => {
    const layer = new Linear(8, 4).to('cuda');
    const input = torch.randn([2, 8], { device: 'cuda' });
    const output = torch.autocast('cuda', { dtype: 'bfloat16' }, () => layer.forward(input));
    assert.equal(output.dtype, 'bfloat16');
    assert.equal(layer.forward(input).dtype, 'float32');
    output.sum().backward();
    assert.equal(layer.weight.grad!.dtype, 'float32');
    assert.ok(distance(output, layer.forward(input)) < 0.05);
  });

  it('a ViT under autocast learns', () => {
    const [, gpu] = pair('float32');
    const optimizer = new AdamW(gpu.parameters(), { lr: 1e-3 });
    const input = onto('cuda', batch('float32'));
    const losses = Array.from({ length: 30 }, () =>
      torch.scope(() => {
        const { loss } = torch.autocast('cuda', { dtype: 'bfloat16' }, () => gpu.forward(input));
        loss!.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return Number(loss!.item());
      }),
    );
    assert.ok(losses.at(-1)! < losses[0]! / 2, `loss ${losses[0]} became ${losses.at(-1)}`);
  });
});
