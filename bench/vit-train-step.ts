/** One training step of a ViT: forward, loss, backward, AdamW. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { models, optim, torch } from 'torchts';
import { peakBytes, seconds } from './clock';
import { fill } from './vit-weights';
import { takeTurns } from './worker-protocol';

void takeTurns(({ checkpoint, device, smoke }) => {
  const config = JSON.parse(readFileSync(join(checkpoint, 'config.json'), 'utf8')) as {
    image_size: number;
    id2label: object;
  };
  const model = models.ViTForImageClassification.fromConfig(config).to(device).train();
  fill(model.parameters());
  const optimizer = new optim.AdamW(model.parameters(), { lr: 5e-5, weightDecay: 0.05 });

  torch.manualSeed(0);
  const batch = smoke ? 2 : 8;
  const pixelValues = torch.randn([batch, 3, config.image_size, config.image_size]).to(device); // (B, C, H, W)
  const labels = torch
    .randn([batch, Object.keys(config.id2label).length])
    .gt(0)
    .to('float32')
    .to(device); // (B, K)

  const step = (precision: 'float32' | 'bfloat16' = 'float32'): number =>
    torch.scope(() => {
      optimizer.zeroGrad();
      const { loss } = torch.autocast(device, { dtype: 'bfloat16', enabled: precision === 'bfloat16' }, () =>
        model.forward({ pixelValues, labels }),
      );
      loss!.backward();
      optimizer.step();
      return Number(loss!.item());
    });
  return {
    check: [step(), step()],
    measures: {
      step: () => seconds(device, () => step()),
      'step-bfloat16': () => seconds(device, () => step('bfloat16')),
      peak: () => peakBytes(device),
    },
  };
});
