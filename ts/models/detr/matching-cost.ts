/**
 * What it costs that a query stands for an object (Carion et al. 2020, section 3.1), on the host: the numbers are few and
 * are needed there, and the arithmetic takes less time than the calls of operators would.
 */
import type { DetrConfig } from './config';

export type Numbers = Float32Array | Float64Array;

/** What one decoder layer says about an image, and what is in it: Q queries, M objects. */
export interface ImageOutputs {
  /** (M, Q), the probability that each query gives to the class of an object */
  readonly classProbabilities: Numbers;
  /** (Q, 4), centre and size */
  readonly boxes: Numbers;
  /** (M, 4), centre and size */
  readonly objects: Numbers;
}

export type CostWeights = Pick<DetrConfig, 'classCost' | 'bboxCost' | 'giouCost'>;

/** Writes the cost of each pair into `costs`, (M, Q), object by object. */
export function fillPairCosts(costs: Float64Array, outputs: ImageOutputs, weights: CostWeights): void {
  const sides = sidesOf(outputs.boxes);
  const count = outputs.objects.length / 4;
  for (let object = 0; object < count; object++) fillRow(costs, object, outputs, sides, weights);
}

/** The sides of boxes, five numbers each: left, top, right, bottom, and the area. */
function sidesOf(boxes: Numbers): Float64Array {
  const sides = new Float64Array((boxes.length / 4) * 5);
  for (let from = 0, to = 0; from < boxes.length; from += 4, to += 5) {
    const width = boxes[from + 2]!;
    const height = boxes[from + 3]!;
    sides[to] = boxes[from]! - width / 2;
    sides[to + 1] = boxes[from + 1]! - height / 2;
    sides[to + 2] = boxes[from]! + width / 2;
    sides[to + 3] = boxes[from + 1]! + height / 2;
    sides[to + 4] = width * height;
  }
  return sides;
}

// Hot: a batch has tens of thousands of pairs, so the numbers of the object are read once, and what a pair needs stands here.
function fillRow(
  costs: Float64Array,
  object: number,
  { classProbabilities, boxes, objects }: ImageOutputs,
  sides: Float64Array,
  weights: CostWeights,
): void {
  const { classCost, bboxCost, giouCost } = weights;
  const queries = boxes.length / 4;
  const own = objects.subarray(4 * object, 4 * object + 4);
  const [x, y, width, height] = own as unknown as [number, number, number, number];
  const [left, top, right, bottom, area] = sidesOf(own) as unknown as [number, number, number, number, number];
  for (
    let query = 0, box = 0, side = 0, pair = object * queries;
    query < queries;
    query++, box += 4, side += 5, pair++
  ) {
    const costBbox =
      Math.abs(boxes[box]! - x) +
      Math.abs(boxes[box + 1]! - y) +
      Math.abs(boxes[box + 2]! - width) +
      Math.abs(boxes[box + 3]! - height);
    // Generalised intersection over union: Rezatofighi et al. 2019, arXiv 1902.09630.
    const overlapWidth = Math.max(Math.min(sides[side + 2]!, right) - Math.max(sides[side]!, left), 0);
    const overlapHeight = Math.max(Math.min(sides[side + 3]!, bottom) - Math.max(sides[side + 1]!, top), 0);
    const intersection = overlapWidth * overlapHeight;
    const union = sides[side + 4]! + area - intersection;
    const enclosing =
      (Math.max(sides[side + 2]!, right) - Math.min(sides[side]!, left)) *
      (Math.max(sides[side + 3]!, bottom) - Math.min(sides[side + 1]!, top));
    costs[pair] =
      bboxCost * costBbox -
      classCost * classProbabilities[pair]! -
      giouCost * (intersection / union - (enclosing - union) / enclosing);
  }
}
