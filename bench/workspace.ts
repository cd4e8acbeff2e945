/**
 * Makes what the cases need: `node workspace.js <folder> <smoke> <need…>`.
 * Hub folders with random weights, a photo, a folder with faces in the CelebA format, and detections to be judged.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { models, torch } from 'torchts';
import { needPaths, type Need } from './case';
import { findPeer } from './python';
import { makeScenes } from './scenes';
import { trainAll } from './trainings';

const root = dirname(require.resolve('torchts/package.json'));

const LABELS = 40;
const CLASSES = 91;
const TINY = {
  hiddenSize: 32,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 64,
  imageSize: 32,
  patchSize: 8,
};
const TINY_DETECTOR = {
  dModel: 32,
  encoderLayers: 1,
  decoderLayers: 2,
  encoderAttentionHeads: 2,
  decoderAttentionHeads: 2,
  encoderFfnDim: 48,
  decoderFfnDim: 48,
  numQueries: 10,
};

const make: Readonly<Record<Need, (folder: string, smoke: boolean) => void | Promise<void>>> = {
  checkpoint(folder, smoke) {
    torch.manualSeed(0);
    const options = { ...(smoke ? TINY : {}), numLabels: LABELS, problemType: 'multi_label_classification' } as const;
    const model = models.ViTForImageClassification.fromConfig(options);
    model.savePretrained(folder);
    const side = Number(model.config.imageSize);
    const half = [0.5, 0.5, 0.5];
    const processor = {
      image_processor_type: 'ViTImageProcessor',
      do_resize: true,
      size: { height: side, width: side },
      resample: 2,
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: half,
      image_std: half,
    };
    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(processor, null, 2));
  },

  /** A smooth image under noise: its size in bytes is that of a photograph. */
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
    await sharp(bytes, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(path);
  },

  faces(path) {
    symlinkSync(facesFolder(), path);
  },

  /** The configuration of facebook/detr-resnet-50, with the ResNet-50 of transformers, so that the peer needs no timm. */
  detector(folder, smoke) {
    torch.manualSeed(0);
    const backboneConfig = models.ResNetConfig.named(
      'resnet50',
      smoke ? { embeddingSize: 8, hiddenSizes: [8, 16, 16, 32], depths: [1, 1, 1, 1] } : {},
    );
    models.DetrForObjectDetection.fromConfig({
      backboneConfig,
      numLabels: CLASSES,
      ...(smoke ? TINY_DETECTOR : {}),
    }).savePretrained(folder);
  },

  onnxCheckpoint(folder, smoke) {
    return makeOnnx('vit', folder, 'checkpoint', smoke);
  },

  onnxDetector(folder, smoke) {
    return makeOnnx('detr', folder, 'detector', smoke);
  },

  trained(folder, smoke) {
    trainAll(root, folder, dataFolder(), smoke);
  },

  async scenes(path, smoke) {
    const scenes = await makeScenes(join(dataFolder(), 'voc', 'VOC2007_annotations.tar.gz'), `${path}.tar`, smoke);
    writeFileSync(path, JSON.stringify(scenes));
  },
};

/** The files of ONNX Runtime for what another need has made; nothing where there is no Python. */
function makeOnnx(kind: 'vit' | 'detr', folder: string, source: Need, smoke: boolean): void {
  const peer = findPeer();
  if ('absent' in peer) return;
  mkdirSync(folder, { recursive: true });
  const program = join(root, 'bench', 'onnx_files.py');
  const args = [program, kind, needPaths(join(folder, '..'))[source], folder, String(smoke)];
  const { status, stderr } = spawnSync(peer.python, args, {
    encoding: 'utf8',
    env: { ...process.env, HF_HUB_OFFLINE: '1' },
  });
  if (status !== 0) throw new Error(`the ONNX files cannot be made: ${stderr.trimEnd().split('\n').at(-1)}`);
}

/** Where data of others lies, if any does. */
function dataFolder(): string {
  return resolve(process.env.TORCHTS_DATA ?? join(root, '..', 'shared', 'data'));
}

/** The sample of CelebA where there is one, else the drawn faces, which are drawn when they are not there yet. */
function facesFolder(): string {
  const real = join(dataFolder(), 'celeba');
  if (existsSync(join(real, 'img_align_celeba.zip'))) return real;
  const drawn = join(root, 'data', 'processed', 'faces');
  if (!existsSync(drawn))
    spawnSync(process.execPath, [join(root, 'dist', 'cli', 'facecls.js'), 'data', 'synth'], {
      cwd: root,
      stdio: 'inherit',
    });
  if (!existsSync(drawn))
    throw new Error(
      `Expected CelebA in ${real} or drawn faces in ${drawn}, found neither; set TORCHTS_DATA, or run \`make data\`.`,
    );
  return drawn;
}

async function main([folder, smoke, ...needs]: string[]): Promise<void> {
  mkdirSync(folder!, { recursive: true });
  const paths = needPaths(folder!);
  for (const need of needs as Need[]) await make[need](paths[need], smoke === 'true');
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
