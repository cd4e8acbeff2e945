/** What the compiler knows of layers, models and optimizers; compiled, never run (see tensor.ts). */
import * as torch from '../../ts';
import { models, nn, optim, type Tensor } from '../../ts';
import type { Equal, Expect } from './expect';

declare const x: Tensor;

/** A layer of one's own. */
class Residual extends nn.Module {
  readonly inner = new nn.Linear(4, 4, { bias: false });

  forward(input: Tensor): Tensor {
    return input.add(this.inner.forward(input).relu());
  }
}

const model = new Residual();
const output = model.forward(x);
const moved = model.to('cuda:0').eval();
const [total] = [nn.utils.clipGradNorm(model.parameters(), 1)];
const attended = new nn.MultiheadAttention(8, 2).forward(x, x, x);

declare const vit: models.ViTForImageClassification;
const { logits, loss } = vit.forward({ pixelValues: x });

/** A kind of model of one's own. */
class DotConfig extends models.modelConfig('dot', {
  width: models.fields.count(3),
  act: models.fields.oneOf(['relu', 'gelu'], 'relu'),
}) {}
const dot = DotConfig.fromJSON({}, { width: 4, numLabels: 2 });
const any = models.AutoModelForImageClassification.fromPretrained('folder', { device: 'cpu', width: 4 });
declare const detector: models.DetrForObjectDetection;
const { crossAttentions } = detector.forward({ pixelValues: x, outputAttentions: true });
models.AutoModelForImageClassification.register(models.ViTForImageClassification);

export type Modules = [
  Expect<Equal<typeof dot, DotConfig>>,
  Expect<Equal<typeof dot.width, number>>,
  Expect<Equal<typeof dot.act, 'relu' | 'gelu'>>,
  Expect<Equal<typeof dot.modelType, 'dot'>>,
  Expect<Equal<Awaited<typeof any>, models.ImageClassificationModel>>,
  Expect<Equal<typeof crossAttentions, readonly Tensor[] | undefined>>,
  Expect<Equal<typeof output, Tensor>>,
  Expect<Equal<typeof moved, Residual>>,
  Expect<Equal<typeof total, Tensor>>,
  Expect<Equal<(typeof attended)[0], Tensor>>,
  Expect<Equal<typeof logits, Tensor>>,
  Expect<Equal<typeof loss, Tensor | undefined>>,
  Expect<Equal<ReturnType<typeof scoped>, number>>,
  Expect<Equal<ReturnType<typeof waited>, Promise<Tensor>>>,
];
const scoped = () => torch.scope(() => 1);
const waited = () => torch.noGrad(async () => x);

export const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99] });

export const byPosition = [
  new nn.Conv2d(1, 6, 5, 2, 1),
  new nn.Conv2d(1, 6, 5, 2, { padding: 'same' }),
  new nn.Upsample(null, 2),
  new nn.CrossEntropyLoss(x, null, -100),
];
export const called = [
  nn.functional.dropout(x, 0.5, true),
  nn.functional.interpolate(x, null, 2, { mode: 'bilinear' }),
];

// @ts-expect-error bias is true or false
new nn.Linear(4, 4, 1);
// @ts-expect-error given twice
new nn.Linear(4, 4, true, { bias: true });
// @ts-expect-error sizes are numbers
new nn.Linear('4', 4);
// @ts-expect-error the option is called bias
new nn.Linear(4, 4, { biases: false });
// @ts-expect-error there is no such device
new nn.Linear(4, 4, { device: 'gpu' });
// @ts-expect-error nor such a type
model.to('float33');
// @ts-expect-error the option is called weightDecay
new optim.AdamW(model.parameters(), { weight_decay: 0.1 });
// @ts-expect-error two of them
new optim.AdamW(model.parameters(), { betas: [0.9] });
// @ts-expect-error a mode that there is not
new nn.Upsample({ mode: 'bilinaer' });
// @ts-expect-error a reduction that there is not
new nn.MSELoss({ reduction: 'average' });
// @ts-expect-error the input is called pixelValues
vit.forward({ pixels: x });

class Unfinished extends nn.Module {
  // @ts-expect-error forward is what a module does
  forward = 1;
}
export { Unfinished };

/** What is required, by name. */
export const byName = (optimizer: optim.SGD): unknown[] => [
  new nn.Linear({ inFeatures: 4, outFeatures: 2, bias: false }),
  new nn.Linear(4, { outFeatures: 2 }),
  new nn.Conv2d(3, 64, { kernelSize: 3, padding: 'same' }),
  new nn.AdaptiveAvgPool2d({ outputSize: [1, null] }),
  new optim.SGD({ params: [], lr: 0.1 }),
  new optim.StepLR(optimizer, { stepSize: 5 }),
];

// @ts-expect-error outFeatures is missing
new nn.Linear(4);
// @ts-expect-error outFeatures is missing
new nn.Linear(4, { bias: false });
// @ts-expect-error twice
new nn.Linear(4, 2, { outFeatures: 2 });
// @ts-expect-error no such name
new nn.Linear({ in_features: 4, outFeatures: 2 });

// @ts-expect-error it has no such option
export const unknownOption = new DotConfig({ widht: 4 });
// @ts-expect-error it is none of the names
export const wrongOption = new DotConfig({ act: 'tanh' });
// @ts-expect-error it gives no logits
models.AutoModelForImageClassification.register(models.ViTModel);
