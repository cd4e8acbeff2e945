/**
 * Makes what the cases need: `node workspace.js <folder> <smoke> <need…>`.
 * A hub folder with random weights, a photo, and a folder with faces in the CelebA format.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { models, torch } from 'torchts';
import type { Need } from './case';

const LABELS = 40;
const TINY = { hiddenSize: 32, numHiddenLayers: 2, numAttentionHeads: 2, intermediateSize: 64, imageSize: 32, patchSize: 8 };

const make: Readonly<Record<Need, (folder: string, smoke: boolean) => void | Promise<void>>> = {
  checkpoint(folder, smoke) {
    torch.manualSeed(0);
    const options = { ...(smoke ? TINY : {}), numLabels: LABELS, problemType: 'multi_label_classification' } as const;
    const model = models.ViTForImageClassification.fromConfig(options);
    model.savePretrained(folder);
    const side = Number(model.config.imageSize);
    const half = [0.5, 0.5, 0.5];
    const processor = {
      image_processor_type: 'ViTImageProcessor', do_resize: true, size: { height: side, width: side }, resample: 2,
      do_rescale: true, rescale_factor: 1 / 255, do_normalize: true, image_mean: half, image_std: half,
    };
    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(processor, null, 2));
  },

  /** A smooth picture under noise: its size in bytes is that of a photograph. */
  async photo(path) {
    const [width, height] = [640, 480];
    const bytes = Buffer.alloc(width * height * 3);
    torch.manualSeed(0);
    const noise = torch.randn([bytes.length]).data();
    for (let i = 0; i < bytes.length; i++) {
      const pixel = Math.floor(i / 3);
      const wave = Math.sin((pixel % width) / 40 + (i % 3)) + Math.cos(pixel / width / 30);
      bytes[i] = Math.min(255, Math.max(0, 128 + 50 * wave + 8 * Number(noise[i])));
    }
    await sharp(bytes, { raw: { width, height, channels: 3 } }).jpeg({ quality: 90 }).toFile(path);
  },

  faces(path) {
    symlinkSync(facesFolder(), path);
  },
};

/** The sample of CelebA where there is one, else the drawn faces, which are drawn when they are not there yet. */
function facesFolder(): string {
  const root = dirname(require.resolve('torchts/package.json'));
  const real = resolve(process.env.TORCHTS_DATA ?? join(root, '..', 'shared', 'data'), 'celeba');
  if (existsSync(join(real, 'img_align_celeba.zip'))) return real;
  const drawn = join(root, 'data', 'processed', 'faces');
  if (!existsSync(drawn)) spawnSync(process.execPath, [join(root, 'dist', 'cli', 'facecls.js'), 'data', 'synth'], { cwd: root, stdio: 'inherit' });
  if (!existsSync(drawn)) throw new Error(`Expected CelebA in ${real} or drawn faces in ${drawn}, found neither; set TORCHTS_DATA, or run \`make data\`.`);
  return drawn;
}

async function main([folder, smoke, ...needs]: string[]): Promise<void> {
  const paths: Record<Need, string> = { checkpoint: 'checkpoint', photo: 'photo.jpg', faces: 'faces' };
  mkdirSync(folder!, { recursive: true });
  for (const need of needs as Need[]) await make[need](join(folder!, paths[need]), smoke === 'true');
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
