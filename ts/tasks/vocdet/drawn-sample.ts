import { type RgbImage, decodeImage } from '../../vision/image';
import { encodeJpeg, scaleToFit } from '../montage';
import { annotatedImage, classColour, type Mark } from './annotate';
import type { ClassList } from './annotations/classes';
import type { DetectionSplit } from './annotations/dataset';
import { verdictOfImage } from './evaluator';
import { type DetectedImage, shownDetections } from './rank-detections';
import type { Sample } from './report';

/** Most pixels of a side of a sample, where nothing else is said. */
const LONGEST = 4096;

/** A sample of a report, and the image of it alone. */
export interface DrawnSample extends Omit<Sample, 'truth'> {
  /** The annotated image in its own size. */
  readonly full: Buffer;
}

/** An image with its detections, judged by what is there. */
export async function drawnSample(
  split: DetectionSplit,
  { index, original, detections }: DetectedImage,
  classes: ClassList,
  longest = LONGEST,
): Promise<DrawnSample> {
  const image = await decodeImage(await split.image(index), split.describe(index));
  const shown = shownDetections(detections);
  const { detections: verdicts, missed } = verdictOfImage(shown, original.truths);
  const found = verdicts.map((verdict, row) => ({
    name: classes.names[shown.labels[row]!]!,
    score: shown.scores[row]!,
    verdict,
  }));
  const marks = found.map(({ name, score }, row): Mark => ({
    box: shown.boxes.data.subarray(4 * row, 4 * row + 4),
    text: `${name} ${Math.round(100 * score)}`,
    colour: classColour(shown.labels[row]!),
  }));
  const full = await enlarged(image, marks, longest);
  return {
    name: original.id,
    jpeg: await shrunk(full, original.id),
    full,
    found,
    missed: missed.map((row) => classes.names[original.truths.labels[row]!]!),
  };
}

/** The same image with the objects that are there, as small as a report shows it. */
export async function drawnTruth(
  split: DetectionSplit,
  { index, original }: DetectedImage,
  classes: ClassList,
): Promise<Buffer> {
  const image = await decodeImage(await split.image(index), split.describe(index));
  const { labels, boxes } = original.truths;
  const marks = Array.from(labels, (label, row): Mark => ({
    box: boxes.data.subarray(4 * row, 4 * row + 4),
    text: classes.names[label]!,
    colour: classColour(label),
  }));
  return shrunk(await enlarged(image, marks, LONGEST), original.id);
}

/** A JPEG of an image with marks, large enough for their text. */
async function enlarged(image: RgbImage, marks: readonly Mark[], longest: number): Promise<Buffer> {
  const factor = enlargement(image, longest);
  const drawn =
    factor === 1
      ? image
      : await scaleToFit(image, {
          width: Math.max(1, Math.round(factor * image.width)),
          height: Math.max(1, Math.round(factor * image.height)),
        });
  return annotatedImage(
    drawn,
    marks.map((mark) => ({ ...mark, box: scaled(mark.box, factor) })),
  );
}

async function shrunk(jpeg: Buffer, name: string): Promise<Buffer> {
  return encodeJpeg(await scaleToFit(await decodeImage(jpeg, name), { height: 260, width: 1040 }));
}

/** Text would hide an image that is not much larger than its letters; a long one must not become longer than a JPEG can be. */
function enlargement({ width, height }: RgbImage, longest: number): number {
  return Math.max(
    Math.min(1, longest / Math.max(width, height)),
    Math.min(Math.ceil(320 / height), Math.floor(longest / width)),
  );
}

function scaled(box: ArrayLike<number>, factor: number): number[] {
  return Array.from(box, (value) => factor * value);
}
