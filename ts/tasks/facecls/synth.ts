/** Draws a dataset of faces in CelebA's format, so that everything runs on a machine that has no dataset. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../data/rng';
import { InputError } from '../../errors';
import { withLock } from '../../native/lock';
import { avatarOptions, drawnAttributes, imagine, labelsOf, type Drawing } from './drawing';

export interface SynthOptions {
  /** Seed of all faces. @default 0 */
  readonly seed?: number;
  /** Faces of the training split. @default 4000 */
  readonly train?: number;
  /** Faces of the validation split. @default 400 */
  readonly val?: number;
  /** Faces of the test split. @default 400 */
  readonly test?: number;
  /** Width and height of the pictures in pixels. @default 96 */
  readonly size?: number;
  /** Told after each face. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Counts up when other options, another drawing or another encoding would give other files. */
const VERSION = 1;
const MARKER = 'drawn-faces.json';
/** Enough to keep libuv's four threads busy. */
const IN_FLIGHT = 6;

const defaults = { seed: 0, train: 4000, val: 400, test: 400, size: 96 } as const;

/**
 * Makes sure that `path` holds the drawn faces of these options: `img_align_celeba/000001.jpg` and on,
 * `list_attr_celeba.txt` with the drawn attributes only, `list_eval_partition.txt`. Their content follows
 * from the options alone. The folder is complete or absent at any moment, and two processes draw once.
 * @returns whether they were drawn now; false when they were there
 * @throws InputError when the folder holds something else
 */
export async function ensureDrawnFaces(path: string, options: SynthOptions = {}): Promise<boolean> {
  const { onProgress, ...given } = options;
  const recipe = { ...defaults, ...given, version: VERSION };
  if (isDrawn(path, recipe)) return false;
  return withLock(resolve(path), async () => {
    if (isDrawn(path, recipe)) return false;
    requireReplaceable(path);
    const fresh = `${path}.drawing`;
    await rm(fresh, { recursive: true, force: true });
    await drawAll(fresh, recipe, onProgress);
    await writeFile(join(fresh, MARKER), JSON.stringify(recipe));
    await rm(path, { recursive: true, force: true });
    await rename(fresh, path);
    return true;
  });
}

type Recipe = Required<Omit<SynthOptions, 'onProgress'>> & { readonly version: number };

function isDrawn(path: string, recipe: Recipe): boolean {
  const marker = join(path, MARKER);
  return existsSync(marker) && readFileSync(marker, 'utf8') === JSON.stringify(recipe);
}

function requireReplaceable(path: string): void {
  if (!existsSync(path) || existsSync(join(path, MARKER)) || readdirSync(path).length === 0) return;
  throw new InputError(`Expected ${path} to be empty or to hold drawn faces, found other files; move them, or choose another folder.`);
}

async function drawAll(folder: string, { seed, train, val, test, size }: Recipe, onProgress?: SynthOptions['onProgress']): Promise<void> {
  const images = join(folder, 'img_align_celeba');
  await mkdir(images, { recursive: true });
  const count = train + val + test;
  const rows = new Array<string>(count);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      const { jpeg, labels } = await drawFace(new Rng(seed, 0, index), size);
      await writeFile(join(images, nameOf(index)), jpeg);
      rows[index] = `${nameOf(index)} ${labels.map((label) => (label ? ' 1' : '-1')).join(' ')}`;
      onProgress?.(++done, count);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
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
