/** The forward pass of a ViT, one image and eight at a time, up to the logits as numbers: uncompiled, and compiled in each precision. */
import { models, torch } from 'torchts';
import { peakBytes, seconds } from './clock';
import { takeTurns } from './worker-protocol';

/** Forward passes in a turn of one image: a single one drowns in the noise of the machine. */
const SINGLES = 8;

const PRECISIONS = ['float32', 'bfloat16', 'int8'] as const;

void takeTurns(async ({ checkpoint, device, smoke }) => {
  const model = await models.ViTForImageClassification.fromPretrained(checkpoint);
  model.to(device);
  const { imageSize, numChannels } = model.config;

  torch.manualSeed(0);
  const images = torch.randn([8, numChannels, Number(imageSize), Number(imageSize)]).to(device); // (B, C, H, W)
  const first = images.narrow(0, 0, 1);
  const singles = smoke ? 1 : SINGLES;

  const predict = (way: Pick<typeof model, 'forward'>, pixelValues: torch.Tensor): number[][] =>
    torch.inferenceMode(() => torch.scope(() => way.forward({ pixelValues }).logits.toArray() as number[][]));
  const check = predict(model, images).flat();
  predict(model, first);
  const peak = peakBytes(device); // before the other ways take theirs
  const ways = {
    uncompiled: model,
    ...(device === 'cpu' &&
      Object.fromEntries(
        PRECISIONS.map((precision) => [precision, torch.compile(model, { precision, fullgraph: true })]),
      )),
  };
  const measures = Object.entries(ways).flatMap(([name, way]) => [
    [`${name}-1`, () => seconds(device, () => repeat(singles, () => predict(way, first))) / singles] as const,
    [`${name}-8`, () => seconds(device, () => predict(way, images))] as const,
  ]);
  return { check, measures: { ...Object.fromEntries(measures), peak: () => peak } };
});

function repeat(count: number, body: () => void): void {
  for (let i = 0; i < count; i++) body();
}
