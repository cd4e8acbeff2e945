/** The forward pass of DETR-R50 for one image, up to classes and boxes as numbers: uncompiled, and compiled in each precision. */
import { models, torch } from 'torchts';
import { peakBytes, seconds } from './clock';
import { takeTurns } from './worker-protocol';

const PRECISIONS = ['float32', 'bfloat16', 'int8'] as const;
/** As many images of noise as the peer's calibration has. */
const CALIBRATION_IMAGES = 4;

void takeTurns(async ({ detector, device, smoke }) => {
  const model = (await models.DetrForObjectDetection.fromPretrained(detector)).optimizeForInference();
  model.to(device);

  torch.manualSeed(0);
  const shape = [1, 3, ...(smoke ? [96, 128] : [480, 640])];
  const pixelValues = torch.randn(shape).to(device); // (B, C, H, W)
  const predict = (way: Pick<typeof model, 'forward'>): number[] =>
    torch.inferenceMode(() =>
      torch.scope(() => {
        const { logits, predBoxes } = way.forward({ pixelValues });
        return [logits, predBoxes].flatMap((output) => [...(output.to('cpu').data() as Float32Array)]);
      }),
    );
  const check = predict(model);
  const peak = peakBytes(device); // before the other ways take theirs
  const calibrate = Array.from({ length: CALIBRATION_IMAGES }, () => ({ pixelValues: torch.randn(shape) }));
  const compiled = PRECISIONS.map((precision) => [
    precision,
    torch.compile(model, { precision, fullgraph: true, ...(precision === 'int8' && { calibrate }) }),
  ]);
  const ways = {
    uncompiled: model,
    ...(device === 'cpu' && (Object.fromEntries(compiled) as Record<string, typeof model>)),
  };
  const measures = Object.entries(ways).map(([name, way]) => [name, () => seconds(device, () => predict(way))]);
  return { check, measures: { ...Object.fromEntries(measures), peak: () => peak } };
});
