/** Draws a dataset of faces in CelebA's format, so that everything runs on a machine that has no dataset. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inFlight } from '../../data/in-flight';
import { Rng } from '../../data/rng';
import { ensureDrawn } from '../drawn';
import { avatarOptions, drawnAttributes, imagine, labelsOf, type Drawing } from './drawing';
import { sharp } from '../../vision/image';

export interface SynthOptions {
  /** Seed of all faces. @default 0 */
  readonly seed?: number;
  /** Faces of the training split. @default 4000 */
  readonly train?: number;
  /** Faces of the validation split. @default 400 */
  readonly val?: number;
  /** Faces of the test split. @default 400 */
  readonly test?: number;
  /** Width and height of the images in pixels. @default 96 */
  readonly size?: number;
  /** Told after each face. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Counts up when other options, another drawing or another encoding would give other files. */
const VERSION = 1;

const defaults = { seed: 0, train: 4000, val: 400, test: 400, size: 96 } as const;

/**
 * Makes sure that `path` holds the drawn faces of these options: `img_align_celeba/000001.jpg` and on,
 * `list_attr_celeba.txt` with the drawn attributes only, `list_eval_partition.txt`. Their content follows
 * from the options alone. The folder is complete or absent at any moment, and two processes draw once.
 * @returns whether they were drawn now; false when they were there
 * @throws InputError when the folder holds something else
 */
export function ensureDrawnFaces(path: string, options: SynthOptions = {}): Promise<boolean> {
  const { onProgress, ...given } = options;
  const recipe = { ...defaults, ...given, version: VERSION };
  const draw = (folder: string) => drawAll(folder, recipe, onProgress);
  return ensureDrawn({ path, marker: 'drawn-faces.json', what: 'drawn faces', recipe, draw });
}

type Recipe = Required<Omit<SynthOptions, 'onProgress'>> & { readonly version: number };

async function drawAll(
  folder: string,
  { seed, train, val, test, size }: Recipe,
  onProgress?: SynthOptions['onProgress'],
): Promise<void> {
  const images = join(folder, 'img_align_celeba');
  await mkdir(images, { recursive: true });
  const count = train + val + test;
  const rows = new Array<string>(count);
  let done = 0;
  await inFlight(count, async (index) => {
    const { jpeg, labels } = await drawFace(new Rng(seed, 0, index), size);
    await writeFile(join(images, nameOf(index)), jpeg);
    rows[index] = `${nameOf(index)} ${labels.map((label) => (label ? ' 1' : '-1')).join(' ')}`;
    onProgress?.(++done, count);
  });
  const splits = rows.map((_, index) => `${nameOf(index)} ${index < train ? 0 : index < train + val ? 1 : 2}`);
  await writeFile(join(folder, 'list_attr_celeba.txt'), `${[count, drawnAttributes.join(' '), ...rows].join('\n')}\n`);
  await writeFile(join(folder, 'list_eval_partition.txt'), `${splits.join('\n')}\n`);
}

/** Names as CelebA's: 000001.jpg is the first. */
function nameOf(index: number): string {
  return `${String(index + 1).padStart(6, '0')}.jpg`;
}

/** Invents and draws one face. */
async function drawFace(rng: Rng, size: number): Promise<{ jpeg: Buffer; labels: boolean[] }> {
  const drawing = imagine(rng);
  return { jpeg: await render(drawing, rng, size), labels: labelsOf(drawing) };
}

/**
 * Draws a face as a JPEG.
 * @param rng decides what the drawing leaves open
 * @param size width and height in pixels
 */
export async function render(drawing: Drawing, rng: Rng, size: number): Promise<Buffer> {
  // Both packages are ECMAScript modules, which CommonJS reaches by a dynamic import only.
  const [{ createAvatar }, style] = await Promise.all([import('@dicebear/core'), import('@dicebear/avataaars')]);
  const svg = createAvatar(style, { ...avatarOptions(drawing, rng), size }).toString();
  // Full colour resolution: a moustache is three pixels high.
  return sharp(Buffer.from(svg)).removeAlpha().jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
}
