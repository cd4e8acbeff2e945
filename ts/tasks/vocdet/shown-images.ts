import type { EvaluationLog } from '../../train/tracking/tracker';
import { showOrSay } from '../shown-image';
import type { ClassList } from './annotations/classes';
import type { DetectionSplit } from './annotations/dataset';
import { drawnSample } from './drawn-sample';
import type { DetectedImage } from './rank-detections';

/** Most pixels of a side: there is one such image an evaluation. */
const LONGEST = 1024;

/** The same few images of a split in each evaluation, with the boxes that the model finds. */
export class ShownImages {
  readonly #images: DetectedImage[] = [];
  readonly #split: DetectionSplit;
  readonly #classes: ClassList;
  readonly #count: number;
  readonly #every: number;

  /** @param count images to show, spread evenly over the split; 0 shows none */
  constructor(split: DetectionSplit, classes: ClassList, count: number) {
    this.#split = split;
    this.#classes = classes;
    this.#count = count;
    this.#every = Math.max(1, Math.floor(split.ids.length / Math.max(1, count)));
  }

  /** Takes notice of an evaluated image. */
  add(image: DetectedImage): void {
    if (image.index % this.#every === 0 && this.#images.length < this.#count) this.#images.push(image);
  }

  /** Draws what was noticed, in the order of the split. */
  async draw(log: EvaluationLog): Promise<void> {
    for (const image of this.#images) {
      await showOrSay(log, `val/${image.original.id}`, async () => {
        const { full } = await drawnSample(this.#split, image, this.#classes, LONGEST);
        return full;
      });
    }
  }
}
