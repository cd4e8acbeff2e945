/**
 * Figures of a detector in one pass over the images, by the protocols of VOC 2007, VOC 2012 and COCO.
 *
 * Detections are matched when their image is added; what is kept of one are its score and 26 bytes, and of a
 * image its name. The figures depend on the detections alone, not on batches or the order of the images: equal
 * scores are ordered by the names of their images.
 *
 * VOC's protocols leave out objects marked difficult: they need not be found, and finding one is neither right nor
 * wrong. COCO knows no such mark; `difficult` says what becomes of them there, and the result repeats it, for
 * conversions of VOC to COCO differ in this point and their figures by a point or two.
 */
import { TorchError } from '../../../errors';
import type { ClassList } from '../annotations/classes';
import { CONFIDENT, errorMetrics, type ErrorTypes } from './error-types';
import { imageErrors, FOREGROUND, type MatchedClass } from './image-errors';
import { bootstrap, type BootstrapOptions, type Confidence } from './bootstrap';
import { voc07Precision, voc12Precision } from './curve';
import {
  requireUsable,
  rowsByClass,
  selectDetections,
  selectTruths,
  type ClassDetections,
  type ClassTruths,
  type Detections,
  type Truths,
} from './detections';
import {
  byName,
  classCurve,
  cocoMetrics,
  cocoPrecisions,
  sizeMetrics,
  vocCurve,
  vocMetrics,
  type ClassCurve,
  type CocoMetrics,
  type SizeMetricsBySize,
  type VocMetrics,
} from './metrics';
import { areaNames, ClassLog, type LoggedTruths } from './log';
import { cocoAreas, cocoMatches, matchCoco, matchVoc, overlaps } from './match';

export interface EvaluatorOptions {
  /** Difficult objects in COCO's figures: left out, as crowds are, or counted as all others. @default 'ignore' */
  readonly difficult?: 'ignore' | 'keep';
}

export interface DetectionResult<Name extends string = string> {
  readonly images: number;
  /** Difficult objects in COCO's figures; VOC's leave them out always. */
  readonly difficult: 'ignore' | 'keep';
  readonly voc07: VocMetrics<Name>;
  readonly voc12: VocMetrics<Name>;
  readonly coco: CocoMetrics<Name>;
  /** By class. */
  readonly curves: Readonly<Record<Name, ClassCurve>>;
  /** What is wrong with the wrong detections, after TIDE. */
  readonly errorTypes: ErrorTypes<Name>;
  readonly bySize: SizeMetricsBySize<Name>;
  /** Present when asked for. */
  readonly confidence?: Confidence;
}

export class DetectionEvaluator<Name extends string = string> {
  readonly #logs: readonly ClassLog[];
  readonly #images = new Map<string, number>();
  readonly #difficult: 'ignore' | 'keep';
  /** Detections under a wrong name, by both classes. */
  readonly #confusions = new Map<string, Confusion>();

  constructor(
    readonly classes: ClassList<Name>,
    options: EvaluatorOptions = {},
  ) {
    this.#logs = classes.names.map(() => new ClassLog());
    this.#difficult = options.difficult ?? 'ignore';
  }

  /**
   * Adds one image, with or without detections and objects.
   * @throws TorchError when the image was added before, a label is no class or a score no number
   * @throws ShapeError when labels, scores and boxes differ in count
   */
  add(imageId: string, detections: Detections, truths: Truths): void {
    if (this.#images.has(imageId))
      throw new TorchError(`Image ${imageId} was added to the evaluation before; each is added once.`);
    requireUsable(imageId, detections, truths, this.classes);
    const image = this.#images.size;
    this.#images.set(imageId, image);
    const found = rowsByClass(detections.labels);
    const present = rowsByClass(truths.labels);
    const labels = [...new Set([...found.keys(), ...present.keys()])];
    const classes = labels.map((label) =>
      this.#match(
        label,
        selectDetections(detections, found.get(label) ?? []),
        selectTruths(truths, present.get(label) ?? []),
      ),
    );
    const { codes, confused, missed } = imageErrors(classes);
    classes.forEach((one, i) => addClass(this.#logs[one.label]!, image, one, codes[i]!));
    for (const label of missed) this.#logs[label]!.missed++;
    for (const { predicted, truth, score, isRepairable } of confused) {
      if (isRepairable) this.#logs[truth]!.gained.push(score);
      this.#countConfusion(truth, predicted, score);
    }
  }

  /** The figures of all images added so far; more may be added afterwards. */
  result(options: { readonly bootstrap?: BootstrapOptions } = {}): DetectionResult<Name> {
    const names = this.classes.names;
    const images = Uint32Array.from([...this.#images.keys()].sort(), (id) => this.#images.get(id)!);
    const rankOfImage = new Uint32Array(images.length);
    images.forEach((image, rank) => (rankOfImage[image] = rank));
    const cases = this.#logs.map((log) => ({ log, ranked: log.ranked(rankOfImage) }));
    const curves = cases.map((one) => vocCurve(one));
    const precisions = cocoPrecisions(cases);
    return {
      images: images.length,
      difficult: this.#difficult,
      voc07: vocMetrics(names, curves, voc07Precision),
      voc12: vocMetrics(names, curves, voc12Precision),
      coco: cocoMetrics(names, cases, precisions),
      curves: byName(
        names,
        cases.map((one, id) => classCurve(one, curves[id]!)),
      ),
      errorTypes: errorMetrics(names, cases, this.#confusions.values()),
      bySize: sizeMetrics(names, cases, precisions),
      ...(options.bootstrap ? { confidence: bootstrap(cases, images, options.bootstrap) } : {}),
    };
  }

  #match(label: number, detections: ClassDetections, truths: ClassTruths): OutcomesOfClass {
    const { boxes, areas } = detections;
    const optional = truths.difficult.map((mark, g) => mark | truths.crowd[g]!);
    const crowd = this.#difficult === 'ignore' ? optional : truths.crowd;
    const boxIou = overlaps(boxes, truths.boxes);
    const iou = crowd.includes(1) ? overlaps(boxes, truths.boxes, crowd) : boxIou;
    const cases = areaNames.map((name) => ({
      iou,
      areas,
      crowd,
      range: cocoAreas[name],
      ignored: ignoredObjects(truths.areas, crowd, cocoAreas[name]),
    }));
    const coco = cases.map(matchCoco);
    return {
      label,
      detections,
      truths,
      voc: matchVoc(boxIou, optional, areas.length).outcomes,
      coco,
      objects: { voc: countZeros(optional), coco: cases.map(({ ignored }) => countZeros(ignored)) },
      outcomes: Uint8Array.from(coco[0]!, (word) => word & 3),
      matches: cocoMatches(cases[0]!, [FOREGROUND])[0]!,
      counted: cases[0]!.ignored.map((mark) => 1 - mark),
    };
  }

  #countConfusion(truth: number, predicted: number, score: number): void {
    const key = `${truth} ${predicted}`;
    const { count, confident } = this.#confusions.get(key) ?? { count: 0, confident: 0 };
    const isConfident = score > CONFIDENT;
    this.#confusions.set(key, { truth, predicted, count: count + 1, confident: confident + Number(isConfident) });
  }
}

/** How often objects of one class are found under the name of another. */
interface Confusion {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
  readonly confident: number;
}

/** One class in one image after the matches of all protocols. */
interface OutcomesOfClass extends MatchedClass {
  readonly voc: Uint8Array;
  /** For each of `areaNames`. */
  readonly coco: readonly Uint32Array[];
  /** Counts of those that have to be found. */
  readonly objects: LoggedTruths;
}

/** @param errors what is wrong with each detection */
function addClass(
  log: ClassLog,
  image: number,
  { detections, truths, voc, coco, objects }: OutcomesOfClass,
  errors: Uint8Array,
): void {
  detections.scores.forEach((score, rank) =>
    log.addDetection(image, {
      score,
      rank,
      voc: voc[rank]!,
      coco: coco.map((outcomes) => outcomes[rank]!),
      error: errors[rank]!,
    }),
  );
  if (truths.areas.length > 0) log.addTruths(image, objects);
}

/** Objects that do not count for a range of sizes: crowds, and those outside of it. */
function ignoredObjects(areas: Float64Array, crowd: Uint8Array, [least, most]: readonly [number, number]): Uint8Array {
  return crowd.map((mark, g) => (mark === 1 || areas[g]! < least || areas[g]! > most ? 1 : 0));
}

function countZeros(marks: Uint8Array): number {
  return marks.reduce((count, mark) => count + 1 - mark, 0);
}
