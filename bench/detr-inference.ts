/** The forward pass of DETR-R50 for one image, up to classes and boxes as numbers. */
import { models, torch } from 'torchts';
import { peakBytes, seconds } from './clock';
import { takeTurns } from './worker-protocol';

void takeTurns(async ({ detector, device, smoke }) => {
  const model = (await models.DetrForObjectDetection.fromPretrained(detector)).optimizeForInference();
  model.to(device);

  torch.manualSeed(0);
  const pixelValues = torch.randn([1, 3, ...(smoke ? [96, 128] : [480, 640])]).to(device); // (B, C, H, W)
  const predict = (): number[] =>
    torch.inferenceMode(() =>
      torch.scope(() => {
        const { logits, predBoxes } = model.forward({ pixelValues });
        return [logits, predBoxes].flatMap((output) => [...(output.to('cpu').data() as Float32Array)]);
      }),
    );
  const time = (): number => seconds(device, predict);
  const check = predict();
  const peak = peakBytes(device);
  return { check, measures: { eager: time, onnx: time, peak: () => peak } };
});
