/** Draws a dataset of scenes in VOC's format, so that everything runs on a machine that has no dataset. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inFlight } from '../../../data/in-flight';
import { Rng } from '../../../data/rng';
import { ensureDrawn } from '../../drawn';
import { imagineScene } from './scene';
import { drawScene, type DrawnScene, type SeenThing } from './scene-drawing';
import { sharp } from '../../../vision/image';

export interface SceneOptions {
  /** Seed of all scenes. @default 0 */
  readonly seed?: number;
  /** Scenes of the training split. @default 3200 */
  readonly train?: number;
  /** Scenes of the validation split. @default 200 */
  readonly val?: number;
  /** Scenes of the test split. @default 200 */
  readonly test?: number;
  /** Told after each scene. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Counts up when other options, another drawing or another encoding would give other files. */
const VERSION = 1;

const defaults = { seed: 0, train: 3200, val: 200, test: 200 } as const;

/** The sets of the drawn scenes. */
export const SCENE_SETS: readonly string[] = ['train', 'val', 'trainval', 'test'];

type Recipe = Required<Omit<SceneOptions, 'onProgress'>> & { readonly version: number };

/**
 * Makes sure that `path` holds the drawn scenes of these options: `JPEGImages/000001.jpg` and on, their `Annotations`,
 * and the sets `train`, `val`, `trainval` and `test`. Their content follows from the options alone; scenes are 128 to 160
 * pixels wide and high and show one to four things of VOC's twenty classes, each at least seven tenths in sight.
 * @returns whether they were drawn now; false when they were there
 * @throws InputError when the folder holds something else
 */
export function ensureDrawnScenes(path: string, options: SceneOptions = {}): Promise<boolean> {
  const { onProgress, ...given } = options;
  const recipe: Recipe = { ...defaults, ...given, version: VERSION };
  const draw = (folder: string) => drawAll(folder, recipe, onProgress);
  return ensureDrawn({ path, marker: 'drawn-scenes.json', what: 'drawn scenes', recipe, draw });
}

async function drawAll(
  folder: string,
  { seed, train, val, test }: Recipe,
  onProgress?: SceneOptions['onProgress'],
): Promise<void> {
  const [images, annotations, sets] = [
    join(folder, 'JPEGImages'),
    join(folder, 'Annotations'),
    join(folder, 'ImageSets', 'Main'),
  ];
  await Promise.all([images, annotations, sets].map((path) => mkdir(path, { recursive: true })));
  const count = train + val + test;
  let done = 0;
  await inFlight(count, async (index) => {
    const { jpeg, xml } = await sceneFiles(nameOf(index), new Rng(seed, 0, index));
    await Promise.all([
      writeFile(join(images, `${nameOf(index)}.jpg`), jpeg),
      writeFile(join(annotations, `${nameOf(index)}.xml`), xml),
    ]);
    onProgress?.(++done, count);
  });
  const names = Array.from({ length: count }, (_, index) => `${nameOf(index)}\n`);
  const list = (set: string, from: number, to: number) =>
    writeFile(join(sets, `${set}.txt`), names.slice(from, to).join(''));
  await Promise.all([
    list('train', 0, train),
    list('val', train, train + val),
    list('trainval', 0, train + val),
    list('test', train + val, count),
  ]);
}

/** Names as VOC2007's: 000001 is the first. */
function nameOf(index: number): string {
  return String(index + 1).padStart(6, '0');
}

/** The two files of one scene. */
async function sceneFiles(name: string, rng: Rng): Promise<{ jpeg: Buffer; xml: string }> {
  const drawn = await drawScene(imagineScene(rng), rng);
  const { data, width, height } = drawn.image;
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
  return { jpeg, xml: annotationXml(name, drawn) };
}

function annotationXml(name: string, { image: { width, height }, things }: DrawnScene): string {
  const size = `\t<size>\n\t\t<width>${width}</width>\n\t\t<height>${height}</height>\n\t\t<depth>3</depth>\n\t</size>`;
  const source =
    '\t<source>\n\t\t<database>Scenes drawn by torchts</database>\n\t\t<image>Noto Emoji</image>\n\t</source>';
  return `<annotation>\n\t<folder>scenes</folder>\n\t<filename>${name}.jpg</filename>\n${source}\n${size}\n\t<segmented>0</segmented>\n${things.map(objectXml).join('')}</annotation>\n`;
}

/** VOC counts pixels from 1. */
function objectXml({ name, box, truncated, occluded }: SeenThing): string {
  const [xmin, ymin, xmax, ymax] = box.map((value) => value + 1);
  const marks = `\t\t<pose>Unspecified</pose>\n\t\t<truncated>${Number(truncated)}</truncated>\n\t\t<occluded>${Number(occluded)}</occluded>\n\t\t<difficult>0</difficult>`;
  const bounds = `\t\t\t<xmin>${xmin}</xmin>\n\t\t\t<ymin>${ymin}</ymin>\n\t\t\t<xmax>${xmax}</xmax>\n\t\t\t<ymax>${ymax}</ymax>`;
  return `\t<object>\n\t\t<name>${name}</name>\n${marks}\n\t\t<bndbox>\n${bounds}\n\t\t</bndbox>\n\t</object>\n`;
}
