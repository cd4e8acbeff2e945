/** The models whose accuracy is compared between precisions, and how they are trained. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Training {
  readonly name: string;
  /** What it is of. */
  readonly title: string;
  readonly task: 'facecls' | 'vocdet';
  readonly preset: 'tiny' | 'small';
  /** Below the folder of others' data; null for drawn images. */
  readonly data: string | null;
  readonly metrics: readonly string[];
}

export const TRAININGS: readonly Training[] = [
  { name: 'faces', title: 'drawn faces', task: 'facecls', preset: 'tiny', data: null, metrics: ['accuracy', 'mAP'] },
  {
    name: 'celeba',
    title: 'sample of CelebA',
    task: 'facecls',
    preset: 'small',
    data: 'celeba',
    metrics: ['accuracy', 'mAP'],
  },
  { name: 'scenes', title: 'drawn scenes', task: 'vocdet', preset: 'tiny', data: null, metrics: ['AP', 'AP50'] },
  {
    name: 'voc',
    title: 'sample of VOC 2007',
    task: 'vocdet',
    preset: 'tiny',
    data: 'voc/VOC2007-sample.tar',
    metrics: ['AP', 'AP50'],
  },
];

/** Of tiny sizes: shows that it works. */
const SMOKE = { facecls: ['epochs=1', 'model.hiddenSize=48'], vocdet: ['epochs=1', 'backboneStart.epochs=0'] };

/** Trains all of them, each into a folder of its name. @throws Error where one does not end well */
export function trainAll(root: string, folder: string, dataFolder: string, smoke: boolean): void {
  for (const { name, task, preset, data } of TRAININGS) {
    const args = [
      ...[join(root, 'dist', 'cli', `${task}.js`), 'train', '--preset', preset, '--run', join(folder, name)],
      ...(data === null ? [] : ['--data', join(dataFolder, data)]),
      ...(smoke ? SMOKE[task].flatMap((value) => ['--set', value]) : []),
    ];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name}: ${task} train ended with code ${status}: ${stderr.trim()}`);
  }
}
