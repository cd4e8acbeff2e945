/** The forward pass of a ViT in inference mode, one image and eight at a time. */
import { models, torch } from 'torchts';
import { peakBytes, seconds } from './clock';
import { takeTurns } from './worker-protocol';

/** Forward passes in a turn of one image: a single one drowns in the noise of the machine. */
const SINGLES = 8;

void takeTurns(async ({ checkpoint, device, smoke }) => {
  const model = await models.ViTForImageClassification.fromPretrained(checkpoint);
  model.to(device);
  const { imageSize, numChannels } = model.config;

  torch.manualSeed(0);
  const images = torch.randn([8, numChannels, Number(imageSize), Number(imageSize)]).to(device); // (B, C, H, W)
  const first = images.narrow(0, 0, 1);
  const singles = smoke ? 1 : SINGLES;

  const logits = (pixelValues: torch.Tensor): number[][] =>
    torch.inferenceMode(() => torch.scope(() => model.forward({ pixelValues }).logits.toArray() as number[][]));
  return {
    check: logits(images).flat(),
    measures: {
      'batch-1': () =>
        seconds(device, () => {
          for (let i = 0; i < singles; i++) logits(first);
        }) / singles,
      'batch-8': () => seconds(device, () => logits(images)),
      peak: () => peakBytes(device),
    },
  };
});
