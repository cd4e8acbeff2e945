/**
 * A classifier of images on a folder that has one folder of images for each class: `image-classifier.ts <images> <run>`.
 * Called again with the same folders it goes on where it was.
 */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { data, nn, torch, vision } from 'torchts';
import { fit, mixup } from 'torchts/train';

const [folder, run] = process.argv.slice(2) as [string, string];
const classes = readdirSync(folder).sort();
const files = classes.flatMap((name, label) =>
  readdirSync(join(folder, name)).map((file) => ({ path: join(folder, name, file), label })),
);
const processor = new vision.ImageProcessor({ size: { height: 32, width: 32 } });

/** The images of a split as batches of pixels, (B, 3, 32, 32), and of labels, (B). */
function batchesOf(chosen: typeof files, options: { batchSize: number; shuffle?: boolean }) {
  const dataset = {
    length: chosen.length,
    load: async (i: number) => vision.decodeImage(await readFile(chosen[i]!.path), chosen[i]!.path),
    describe: (i: number) => chosen[i]!.path,
  };
  const collate = (images: vision.RgbImage[], _pass: unknown, indices: Uint32Array) => ({
    images: processor.preprocess(images),
    labels: torch.tensor(
      Array.from(indices, (i) => chosen[i]!.label),
      { dtype: 'int64' },
    ),
  });
  return new data.DataLoader(dataset, collate, options);
}

const block = (from: number, to: number) =>
  new nn.Sequential(
    new nn.Conv2d(from, to, 3, { padding: 1 }),
    new nn.BatchNorm2d(to),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
  );

async function main(): Promise<void> {
  torch.manualSeed(0);
  const head = new nn.Sequential(new nn.Flatten(), new nn.Linear(64 * 4 * 4, classes.length));
  const model = new nn.Sequential(block(3, 16), block(16, 32), block(32, 64), head);
  const isHeld = (i: number) => i % 4 === 0;
  const val = batchesOf(
    files.filter((_, i) => isHeld(i)),
    { batchSize: 8 },
  );
  const mix = mixup({ classes: classes.length, alpha: 0.2 });
  const { outcome, best } = await fit({
    run,
    resume: existsSync(run),
    model,
    data: batchesOf(
      files.filter((_, i) => !isHeld(i)),
      { batchSize: 8, shuffle: true },
    ),
    loss: (batch) => {
      const { images, labels } = mix(batch);
      return nn.functional.crossEntropy(model.forward(images), labels, { labelSmoothing: 0.1 });
    },
    evaluate: async () => {
      let right = 0;
      for await (const { images, labels } of val)
        right += Number(torch.noGrad(() => model.forward(images).argmax(1).eq(labels).sum()).item());
      return { accuracy: right / val.samples };
    },
    score: 'accuracy',
    epochs: 8,
    optimizer: { kind: 'AdamW', lr: 3e-3, weightDecay: 0.05 },
    schedule: { kind: 'cosine', warmup: 0.1 },
    ema: 0.8,
  });
  console.log(`${outcome}: ${classes.length} classes, best accuracy ${best!.score.toFixed(2)}`);
}

void main();
