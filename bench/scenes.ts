/** Annotated images, and what a poor detector would find in them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { data } from 'torchts';
import { openVoc, vocClasses } from './internals';

/** Left, top, right, bottom in pixels. */
type Corners = readonly [number, number, number, number];

export interface SceneObject {
  readonly label: number;
  readonly box: Corners;
  readonly difficult: boolean;
}

export interface SceneDetection {
  readonly label: number;
  readonly score: number;
  readonly box: Corners;
}

export interface Scene {
  readonly objects: readonly SceneObject[];
  /** As many as DETR has queries, most of them improbable. */
  readonly detections: readonly SceneDetection[];
}

/** What the file holds that both evaluators read. */
export interface Scenes {
  readonly source: string;
  readonly classes: number;
  readonly scenes: readonly Scene[];
}

const DETECTIONS = 100;
const [WIDTH, HEIGHT] = [500, 375];

/**
 * With the objects of VOC2007's test set where its annotations are, else with made-up ones.
 * @param annotations `VOC2007_annotations.tar.gz`
 * @param unpacked where the archive in it goes
 */
export async function makeScenes(annotations: string, unpacked: string, smoke: boolean): Promise<Scenes> {
  const random = new data.Rng(0);
  const isReal = !smoke && existsSync(annotations);
  const images = isReal ? await vocObjects(annotations, unpacked) : madeUpObjects(random, smoke ? 20 : 500);
  const scenes = images.map((objects) => ({ objects, detections: detectionsOf(random, objects) }));
  return { source: isReal ? 'the test set of VOC2007' : 'made-up images', classes: vocClasses.length, scenes };
}

async function vocObjects(annotations: string, unpacked: string): Promise<SceneObject[][]> {
  writeFileSync(unpacked, gunzipSync(readFileSync(annotations)));
  const voc = openVoc(unpacked);
  const split = await voc.split('test');
  const all = await Promise.all(split.ids.map((_, index) => split.annotation(index)));
  voc.close();
  return all.map(({ objects }) =>
    objects.map(({ name, box, difficult }) => ({ label: vocClasses.idOf(name)!, box, difficult })),
  );
}

function madeUpObjects(random: data.Rng, count: number): SceneObject[][] {
  const object = (): SceneObject => ({
    label: random.integer(vocClasses.length),
    box: anyBox(random),
    difficult: random.uniform() < 0.1,
  });
  return Array.from({ length: count }, () => Array.from({ length: random.integer(6) }, object));
}

/** Most objects about where they are, some under a wrong name or twice, and things that are not there. */
function detectionsOf(random: data.Rng, objects: readonly SceneObject[]): SceneDetection[] {
  const found = [...objects, ...objects.filter(() => random.uniform() < 0.2)].map(({ label, box }) => ({
    label: random.uniform() < 0.06 ? random.integer(vocClasses.length) : label,
    score: rounded(random.uniform()),
    box: box.map(
      (side, i) => side + 0.3 * (random.uniform() - 0.5) * (i % 2 === 0 ? box[2] - box[0] : box[3] - box[1]),
    ) as unknown as Corners,
  }));
  const wrong = Array.from({ length: Math.max(DETECTIONS - found.length, 0) }, () => ({
    label: random.integer(vocClasses.length),
    score: rounded(random.uniform() ** 16),
    box: anyBox(random),
  }));
  return [...found, ...wrong];
}

function anyBox(random: data.Rng): Corners {
  const [left, top] = [0.8 * WIDTH * random.uniform(), 0.8 * HEIGHT * random.uniform()];
  return [left, top, left + 8 + random.uniform() * (WIDTH - left - 8), top + 8 + random.uniform() * (HEIGHT - top - 8)];
}

/** Many scores are equal. */
function rounded(score: number): number {
  return Math.round(1000 * score) / 1000;
}
