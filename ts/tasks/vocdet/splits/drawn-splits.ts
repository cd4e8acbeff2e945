/** Splits for a dataset that comes without. */
import { existsSync, readFileSync } from 'node:fs';
import { shuffled } from '../../../data/samplers';
import { InputError } from '../../../errors';
import { partOf, type DetectionSplit } from '../annotations/dataset';
import { splitNames, type SplitName } from '../annotations/names';

/** A division of the images of one split by lot, as `splits.json` of a run holds it. */
export interface DrawnSplits extends Readonly<Record<SplitName, readonly string[]>> {
  /** The split that was divided. */
  readonly from: string;
  readonly seed: number;
}

/** Where a run keeps it. */
export const DRAWN_SPLITS = 'splits.json';

/** Of ten images one to validate and one to test on, of fewer at least one. */
const SHARE = 0.1;

/**
 * Divides images by lot.
 * @param withTest whether some are to test on
 * @throws InputError when there are too few
 */
export function drawSplits({ name, ids }: DetectionSplit, seed: number, withTest: boolean): DrawnSplits {
  if (ids.length < 2)
    throw new InputError(
      `Expected at least 2 images in ${name}, to divide them into some to train and some to validate on, found ${ids.length}.`,
    );
  const order = Array.from(shuffled(ids.length, { seed, epoch: 0 }), (index) => ids[index]!);
  const held = Math.max(1, Math.round(SHARE * ids.length));
  const tested = withTest && ids.length > 2 ? held : 0;
  const sorted = (part: readonly string[]) => [...part].sort();
  return {
    from: name,
    seed,
    train: sorted(order.slice(held + tested)),
    val: sorted(order.slice(0, held)),
    test: sorted(order.slice(held, held + tested)),
  };
}

/** @throws InputError when the dataset lacks an image of it */
export function drawnSplit(base: DetectionSplit, drawn: DrawnSplits, name: SplitName): DetectionSplit {
  const indexOfId = new Map(base.ids.map((id, index) => [id, index]));
  const missing = drawn[name].find((id) => !indexOfId.has(id));
  if (missing !== undefined)
    throw new InputError(
      `Expected the image ${missing} in ${base.name}, as when the splits were drawn, found none of that id.`,
    );
  return partOf(
    base,
    `${name} of ${base.name}`,
    drawn[name].map((id) => indexOfId.get(id)!),
  );
}

/** @throws InputError when the file is none of these */
export function readDrawnSplits(path: string): DrawnSplits | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const drawn = JSON.parse(readFileSync(path, 'utf8')) as DrawnSplits;
    if (typeof drawn.from === 'string' && splitNames.every((name) => Array.isArray(drawn[name]))) return drawn;
  } catch {
    // Said below.
  }
  throw new InputError(
    `Expected ${path} to hold the ids of train, val and test, found something else; start a new run.`,
  );
}
