/** Made-up images and detections; the twin of the generator in scripts/golden/voc_eval.py, operation by operation. */
import { boxes } from '../../../../ts/vision/boxes';
import type { Detections, Truths } from '../../../../ts/tasks/vocdet/evaluator';

export interface Image {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly objects: readonly Thing[];
}

export interface Thing {
  readonly label: number;
  readonly box: Box;
  readonly difficult: number;
  readonly crowd: number;
  readonly area?: number;
}

type Box = readonly [number, number, number, number];

interface Found {
  readonly label: number;
  readonly score: number;
  readonly box: Box;
}

/** Uniform numbers in [0, 1) from the linear congruential generator of Numerical Recipes. */
class Noise {
  #state: number;

  constructor(state: number) {
    this.#state = state;
  }

  uniform(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 2 ** 32;
  }

  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }
}

/** Images with objects of all sizes, some difficult, some crowds; the last class but one is difficult always, the last absent. */
export function madeUpImages(seed: number, count: number, classes: number): Image[] {
  const noise = new Noise(seed);
  return Array.from({ length: count }, (_, index) => {
    const [width, height] = [100 + noise.integer(300), 100 + noise.integer(300)];
    const objects = Array.from({ length: noise.integer(6) }, () => {
      const label = noise.integer(classes - 1);
      const [left, top] = [noise.uniform() * width * 0.7, noise.uniform() * height * 0.7];
      const box: Box = [
        left,
        top,
        left + 4 + noise.uniform() * (width - left - 4),
        top + 4 + noise.uniform() * (height - top - 4),
      ];
      const difficult = label === classes - 2 || noise.uniform() < 0.15 ? 1 : 0;
      const crowd = noise.uniform() < 0.08 ? 1 : 0;
      const area = (box[2] - box[0]) * (box[3] - box[1]) * (0.5 + 0.5 * noise.uniform());
      return { label, box, difficult, crowd, area };
    });
    return { id: String(index).padStart(6, '0'), width, height, objects };
  });
}

export interface NoiseOptions {
  readonly seed: number;
  readonly classes: number;
  /** Most detections of things that are not there, in one image. */
  readonly mostWrong: number;
}

/** Most objects found once, some twice or not at all, some under a wrong name; and things that are not there. Many scores are equal. */
export function noisyDetections(images: readonly Image[], { seed, classes, mostWrong }: NoiseOptions): Detections[] {
  const noise = new Noise(seed);
  return images.map(({ width, height, objects }) => {
    const found = objects.flatMap((thing) => foundOf(noise, thing, classes));
    const wrong = Array.from({ length: noise.integer(mostWrong + 1) }, () =>
      inventedIn(noise, { width, height }, classes),
    );
    return asDetections([...found, ...wrong]);
  });
}

export function truthsOf({ objects }: Image): Truths {
  return {
    labels: objects.map(({ label }) => label),
    boxes: boxes(
      'xyxy',
      objects.flatMap(({ box }) => box),
    ),
    difficult: objects.map(({ difficult }) => difficult),
    crowd: objects.map(({ crowd }) => crowd),
    ...(objects.some(({ area }) => area !== undefined) ? { areas: objects.map(({ area }) => area!) } : {}),
  };
}

function foundOf(noise: Noise, thing: Thing, classes: number): Found[] {
  const luck = noise.uniform();
  return Array.from({ length: luck < 0.12 ? 0 : luck < 0.3 ? 2 : 1 }, () => {
    const label = noise.uniform() < 0.06 ? noise.integer(classes) : thing.label;
    const spread = 0.02 + 0.28 * noise.uniform();
    const [x0, y0, x1, y1] = thing.box;
    const [a, b, c, d] = [0, 1, 2, 3].map(() => (noise.uniform() - 0.5) * spread) as [number, number, number, number];
    const box: Box = [x0 + a * (x1 - x0), y0 + b * (y1 - y0), x1 + c * (x1 - x0), y1 + d * (y1 - y0)];
    return { label, score: Math.floor((0.3 + 0.7 * noise.uniform() * (1 - spread)) * 200) / 200, box };
  });
}

function inventedIn(noise: Noise, { width, height }: { width: number; height: number }, classes: number): Found {
  const label = noise.integer(classes);
  const [x0, y0] = [noise.uniform() * width * 0.8, noise.uniform() * height * 0.8];
  const box: Box = [x0, y0, x0 + 8 + noise.uniform() * (width - x0 - 8), y0 + 8 + noise.uniform() * (height - y0 - 8)];
  return { label, score: Math.floor(noise.uniform() * noise.uniform() * 200) / 200, box };
}

function asDetections(found: readonly Found[]): Detections {
  return {
    labels: found.map(({ label }) => label),
    scores: found.map(({ score }) => score),
    boxes: boxes(
      'xyxy',
      found.flatMap(({ box }) => box),
    ),
  };
}
