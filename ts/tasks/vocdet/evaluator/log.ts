import { COCO_MAX_DETECTIONS } from './match';

const bytes = () => new GrowableArray((length) => new Uint8Array(length));
const halves = () => new GrowableArray((length) => new Uint16Array(length));
const words = () => new GrowableArray((length) => new Uint32Array(length));
const doubles = () => new GrowableArray((length) => new Float64Array(length));

/** The sizes of objects that COCO looks at apart, in the order of the outcomes. */
export const areaNames = ['all', 'small', 'medium', 'large'] as const;
export type AreaName = (typeof areaNames)[number];

/** One detection after the match: its score and 18 bytes of outcomes. */
export interface LoggedDetection {
  readonly score: number;
  /** Place among the detections of its class in its image, from 0 for the highest score. */
  readonly rank: number;
  readonly voc: number;
  /** For each of `areaNames` two bits a threshold; see `matchCoco`. */
  readonly coco: readonly number[];
  /** What is wrong with it; see `ImageErrors`. */
  readonly error: number;
}

/** Counts of the objects of one class in one image that have to be found. */
export interface LoggedTruths {
  readonly voc: number;
  /** For each of `areaNames`. */
  readonly coco: readonly number[];
}

/** What is kept of the detections and objects of one class: some 30 bytes a detection, whatever the images. */
export class ClassLog {
  readonly scores = doubles();
  readonly images = words();
  readonly ranks = bytes();
  readonly voc = bytes();
  readonly coco = areaNames.map(words);
  readonly errors = bytes();
  /** Scores of detections under another name that would be right under this one. */
  readonly gained = doubles();
  /** Objects that nothing finds, not even with another name or box. */
  missed = 0;
  readonly truths = { images: words(), voc: halves(), coco: areaNames.map(halves) };

  addDetection(image: number, { score, rank, voc, coco, error }: LoggedDetection): void {
    this.scores.push(score);
    this.images.push(image);
    this.ranks.push(Math.min(rank, COCO_MAX_DETECTIONS));
    this.voc.push(voc);
    this.errors.push(error);
    coco.forEach((outcomes, area) => this.coco[area]!.push(outcomes));
  }

  addTruths(image: number, { voc, coco }: LoggedTruths): void {
    this.truths.images.push(image);
    this.truths.voc.push(voc);
    coco.forEach((count, area) => this.truths.coco[area]!.push(count));
  }

  /**
   * All outcomes by falling score; equal scores stand in the order of the images, then as they were given.
   * @param rankOfImage the place of each image in an order that does not depend on when it was added
   */
  ranked(rankOfImage: Uint32Array): RankedClass {
    const [scores, images, ranks] = [this.scores.values, this.images.values, this.ranks.values];
    const order = Uint32Array.from(scores, (_, i) => i).sort(
      (a, b) => scores[b]! - scores[a]! || rankOfImage[images[a]!]! - rankOfImage[images[b]!]! || a - b,
    );
    const kept = order.filter((i) => ranks[i]! < COCO_MAX_DETECTIONS);
    return {
      voc: {
        images: take(images, order),
        words: Uint32Array.from(take(this.voc.values, order)),
        scores: take(scores, order),
      },
      coco: {
        images: take(images, kept),
        ranks: take(ranks, kept),
        words: this.coco.map((growable) => take(growable.values, kept)),
        scores: take(scores, kept),
        errors: take(this.errors.values, kept),
      },
    };
  }
}

/** Outcomes of the detections of a class in the order of their scores. COCO looks at the best hundred of each image. */
export interface RankedClass {
  readonly voc: { readonly images: Uint32Array; readonly words: Uint32Array; readonly scores: Float64Array };
  readonly coco: {
    readonly images: Uint32Array;
    readonly ranks: Uint8Array;
    readonly words: readonly Uint32Array[];
    readonly scores: Float64Array;
    readonly errors: Uint8Array;
  };
}

function take<Data extends Float64Array | Uint32Array | Uint8Array>(values: Data, order: Uint32Array): Data {
  const taken = new (values.constructor as new (length: number) => Data)(order.length);
  for (let i = 0; i < order.length; i++) taken[i] = values[order[i]!]!;
  return taken;
}

type Numbers = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** A typed array that grows at its end; it doubles, so adding takes constant time on average. */
class GrowableArray<Data extends Numbers> {
  #room: Data;
  #used = 0;
  readonly #make: (length: number) => Data;

  constructor(make: (length: number) => Data) {
    this.#make = make;
    this.#room = make(64);
  }

  get length(): number {
    return this.#used;
  }

  /** What was added; a view that is good until more is added. */
  get values(): Data {
    return this.#room.subarray(0, this.#used) as Data;
  }

  push(value: number): void {
    if (this.#used === this.#room.length) {
      const larger = this.#make(2 * this.#used);
      larger.set(this.#room);
      this.#room = larger;
    }
    this.#room[this.#used++] = value;
  }
}
