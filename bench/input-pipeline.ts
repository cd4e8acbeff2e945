/** Face images from a zip to normalised batches, through the package's own loader, decoder and processor. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { data, torch, vision } from 'torchts';
import { takeTurns } from './worker-protocol';

const BATCH = 64;
const MEAN = [0.5, 0.5, 0.5];

void takeTurns(async ({ faces, smoke }) => {
  const { names, read, where } = openFaces(faces);
  const count = Math.min(names.length, smoke ? 2 * BATCH : 32 * BATCH);
  const processor = new vision.ImageProcessor({ imageMean: MEAN, imageStd: MEAN });
  const dataset: data.Dataset<vision.RgbImage> = {
    length: count,
    load: async (index) => vision.decodeImage(await read(names[index]!), names[index]),
  };
  const loader = new data.DataLoader(dataset, (images: vision.RgbImage[]) => processor.preprocess(images), {
    batchSize: BATCH,
  });

  const first = await firstOf(loader.epoch(0));
  const across = first.select(3, 100).select(2, 100).mean(0); // (B, C, H, W) -> (C)
  return {
    facts: { images: `${count} from ${where}` },
    check: [Number(first.mean().item()), Number(first.std().item()), ...(across.toArray() as number[])],
    measures: {
      images: async () => {
        const start = performance.now();
        let seen = 0;
        for await (const batch of loader.epoch(0)) {
          seen += batch.size(0);
          batch.dispose();
        }
        return (1000 * seen) / (performance.now() - start);
      },
    },
  };
});

async function firstOf(batches: AsyncIterable<torch.Tensor>): Promise<torch.Tensor> {
  for await (const batch of batches) return batch;
  throw new Error('there are no faces');
}

interface FaceFiles {
  /** File names, in order. */
  readonly names: readonly string[];
  read(name: string): Promise<Buffer>;
  readonly where: string;
}

/** Reads from img_align_celeba.zip, or from the same files unpacked. */
function openFaces(folder: string): FaceFiles {
  const unpacked = join(folder, 'img_align_celeba');
  const archive = `${unpacked}.zip`;
  if (!existsSync(archive)) {
    const names = readdirSync(unpacked)
      .filter((name) => name.endsWith('.jpg'))
      .sort();
    return { names, read: (name) => readFile(join(unpacked, name)), where: 'a folder of drawn faces' };
  }
  const zip = new data.ZipFile(archive);
  const members = new Map(
    [...zip.members.keys()].filter((name) => name.endsWith('.jpg')).map((name) => [basename(name), name]),
  );
  return { names: [...members.keys()].sort(), read: (name) => zip.read(members.get(name)!), where: 'a zip of CelebA' };
}
