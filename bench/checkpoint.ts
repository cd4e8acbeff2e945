/** How long a training waits for a checkpoint of ViT-B/16 with AdamW, before its next step begins. */
import { models, nn, torch } from 'torchts';
import { pauseBetweenSteps } from './checkpoint-pause';
import { takeTurns } from './worker-protocol';

void takeTurns(async ({ checkpoint, smoke }) => {
  const model = await models.ViTForImageClassification.fromPretrained(checkpoint);
  const { imageSize, numLabels } = model.config;
  const [batch, size] = [smoke ? 1 : 8, Number(imageSize)];
  const pixelValues = torch.randn([batch, 3, size, size]);
  const labels = torch.rand([batch, numLabels]).round();
  const loss = () => nn.functional.binaryCrossEntropyWithLogits(model.forward({ pixelValues }).logits, labels);
  return {
    measures: {
      pause: () => pauseBetweenSteps({ model, loss }, { isSaved: true }),
      'pause-waiting': () => pauseBetweenSteps({ model, loss }, { isSaved: true, asyncCheckpoint: false }),
    },
  };
});
