/**
 * What it costs that a query stands for an object (Carion et al. 2020, section 3.1), on the host: the numbers are few and
 * are needed there, and the arithmetic takes less time than the calls of operators would.
 */
import type { DetrConfig } from './config';

export type Numbers = Float32Array | Float64Array;

/** What one decoder layer says about a picture, and what is in it. */
export interface PictureOutputs {
  /** Probability of the class of each object, query by query; a row may be longer than there are objects. */
  readonly likely: Numbers;
  /** Centre and size of each query's box. */
  readonly boxes: Numbers;
  /** Centre and size of each object. */
  readonly objects: Numbers;
}

export type CostWeights = Pick<DetrConfig, 'classCost' | 'bboxCost' | 'giouCost'>;

/** Writes the cost of each pair into `costs`, query by query. */
export function fillPairCosts(costs: Float64Array, { likely, boxes, objects }: PictureOutputs, { classCost, bboxCost, giouCost }: CostWeights): void {
  const queries = boxes.length / 4;
  const count = objects.length / 4;
  const stride = likely.length / queries;
  for (let query = 0; query < queries; query++) {
    for (let object = 0; object < count; object++) {
      const away = bboxCost * distance(boxes, 4 * query, objects, 4 * object);
      const overlap = giouCost * generalizedOverlap(boxes, 4 * query, objects, 4 * object);
      costs[query * count + object] = away - classCost * likely[query * stride + object]! - overlap;
    }
  }
}

/** Sum of the differences of the four numbers that begin at `i` and at `j`. */
function distance(one: Numbers, i: number, other: Numbers, j: number): number {
  const centre = Math.abs(one[i]! - other[j]!) + Math.abs(one[i + 1]! - other[j + 1]!);
  return centre + Math.abs(one[i + 2]! - other[j + 2]!) + Math.abs(one[i + 3]! - other[j + 3]!);
}

/** Rezatofighi et al. 2019 (arXiv 1902.09630), of the boxes of centre and size that begin at `i` and at `j`. */
function generalizedOverlap(one: Numbers, i: number, other: Numbers, j: number): number {
  const width = one[i + 2]!;
  const height = one[i + 3]!;
  const breadth = other[j + 2]!;
  const depth = other[j + 3]!;
  const common = shared(one[i]!, width, other[j]!, breadth) * shared(one[i + 1]!, height, other[j + 1]!, depth);
  const union = width * height + breadth * depth - common;
  const around = spanned(one[i]!, width, other[j]!, breadth) * spanned(one[i + 1]!, height, other[j + 1]!, depth);
  return common / union - (around - union) / around;
}

/** Length of what two intervals have in common. */
function shared(a: number, length: number, b: number, size: number): number {
  return Math.max(Math.min(a + length / 2, b + size / 2) - Math.max(a - length / 2, b - size / 2), 0);
}

/** Length of the least interval around two. */
function spanned(a: number, length: number, b: number, size: number): number {
  return Math.max(a + length / 2, b + size / 2) - Math.min(a - length / 2, b - size / 2);
}
