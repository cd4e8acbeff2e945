/** The two runs of an earlier version that are kept in test/golden/runs: what they trained on, and how. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FaceConfig } from '../../../ts/tasks/facecls/config';
import { presets as facePresets } from '../../../ts/tasks/facecls/presets';
import type { DetectionConfig } from '../../../ts/tasks/vocdet/config';
import { drawnImage, smallConfig, vocFiles } from '../vocdet/small-detector';

/** Four steps of two epochs; the run was interrupted after the third. */
export const INTERRUPTED_STEP = 3;

/** Twelve faces of two attributes; the images are PNG, so that every decoder gives the same pixels. */
async function faceFiles(): Promise<Record<string, string | Uint8Array>> {
  const names = Array.from({ length: 12 }, (_, i) => `${String(i + 1).padStart(6, '0')}.jpg`);
  const label = (yes: boolean) => (yes ? ' 1' : '-1');
  const rows = names.map((name, i) => `${name} ${label(i % 2 === 0)} ${label(i % 3 === 0)}\n`);
  const parts = names.map((name, i) => `${name} ${i < 8 ? 0 : i < 10 ? 1 : 2}\n`);
  const images = await Promise.all(
    names.map(async (name, i) => [`img_align_celeba/${name}`, await drawnImage(i + 1, 20, 20)] as const),
  );
  return {
    'list_attr_celeba.txt': `12\nSmiling Young\n${rows.join('')}`,
    'list_eval_partition.txt': parts.join(''),
    ...Object.fromEntries(images),
  };
}

/** Writes the dataset of a run into a folder. */
export async function writeData(task: 'facecls' | 'vocdet', folder: string): Promise<string> {
  const files = task === 'facecls' ? await faceFiles() : await vocFiles({ train: 8, val: 4, test: 4 });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function faceConfig(folder: string): FaceConfig {
  return {
    ...facePresets.tiny,
    epochs: 2,
    batchSize: 4,
    device: 'cpu',
    data: { ...facePresets.tiny.data, folder, cache: null, prefetch: 2 },
    model: {
      ...facePresets.tiny.model,
      imageSize: 16,
      patchSize: 8,
      hiddenSize: 4,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 8,
      hiddenDropoutProb: 0.1,
    },
    evaluate: { everyEpochs: 2, everySteps: 0, batchSize: 4, patience: 0 },
    log: { everySteps: 1 },
  };
}

export function detectionConfig(folder: string): DetectionConfig {
  const small = smallConfig(folder);
  return {
    ...small,
    model: {
      ...small.model,
      depths: [1],
      widths: [4, 8],
      dModel: 8,
      numQueries: 4,
      decoderLayers: 1,
      attentionHeads: 1,
      ffnDim: 8,
    },
    evaluate: { everyEpochs: 2, everySteps: 0, batchSize: 4, patience: 0 },
    backboneStart: { epochs: 0, lr: 1e-3 },
  };
}
