/**
 * Segmentation by a small U-Net (Ronneberger et al. 2015, arXiv 1505.04597) of discs in noise: `unet.ts <run>`.
 *
 * Shapes: B images, C channels, H x W pixels.
 */
import { existsSync } from 'node:fs';
import { data, nn, torch, type Tensor } from 'torchts';
import { fit } from 'torchts/train';

const SIZE = 32;

const block = (from: number, to: number) =>
  new nn.Sequential(new nn.Conv2d(from, to, 3, { padding: 1 }), new nn.BatchNorm2d(to), new nn.ReLU());

/** (B, 1, H, W) -> logits (B, 1, H, W); what each level of the way down has seen is put beside the way up. */
class UNet extends nn.Module {
  readonly down = new nn.ModuleList([block(1, 8), block(8, 16), block(16, 32)]);
  readonly up = new nn.ModuleList([block(32 + 16, 16), block(16 + 8, 8)]);
  readonly head = new nn.Conv2d(8, 1, 1);

  forward(images: Tensor): Tensor {
    const seen: Tensor[] = [];
    let x = images;
    for (const level of this.down) {
      x = level.forward(seen.length === 0 ? x : nn.functional.maxPool2d(x, 2)); // (B, C, H, W) -> (B, C', H/2, W/2)
      seen.push(x);
    }
    for (const [i, level] of [...this.up].entries())
      x = level.forward(torch.cat([nn.functional.interpolate(x, { scaleFactor: 2 }), seen.at(-2 - i)!], 1));
    return this.head.forward(x);
  }
}

/** An image of noise with a disc, and its mask: (1, SIZE, SIZE) each. The same for the same index. */
function disc(index: number): { image: Tensor; mask: Tensor } {
  const rng = new data.Rng(7, index);
  const [x, y, radius] = [8, 8, 3].map((least) => least + rng.uniform() * 2 * least) as [number, number, number];
  const inside = Array.from({ length: SIZE * SIZE }, (_, i) =>
    Number(Math.hypot((i % SIZE) - x, Math.floor(i / SIZE) - y) < radius),
  );
  const mask = torch.tensor(inside).reshape([1, SIZE, SIZE]);
  const noise = torch.tensor(inside.map(() => rng.uniform())).reshape([1, SIZE, SIZE]);
  return { image: noise.add(mask.mul(0.5)), mask };
}

async function main(run: string): Promise<void> {
  torch.manualSeed(0);
  const model = new UNet();
  const discs = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => disc(from + i));
  const val = data.defaultCollate(discs(64, 80)) as { image: Tensor; mask: Tensor };
  const { outcome, best } = await fit({
    run,
    resume: existsSync(run),
    model,
    data: new data.DataLoader(discs(0, 64), { batchSize: 16, shuffle: true, seed: 1 }),
    loss: ({ image, mask }) => nn.functional.binaryCrossEntropyWithLogits(model.forward(image), mask),
    evaluate: () =>
      torch.noGrad(() => {
        const found = model.forward(val.image).gt(0);
        const [both, either] = [found.logicalAnd(val.mask), found.logicalOr(val.mask)];
        return { iou: Number(both.sum().div(either.sum()).item()) };
      }),
    score: 'iou',
    epochs: 12,
    optimizer: { kind: 'Adam', lr: 0.01 },
  });
  console.log(`${outcome}: overlap ${best!.score > 0.7 ? 'above' : 'below'} 0.7`);
}

void main(process.argv[2]!);
