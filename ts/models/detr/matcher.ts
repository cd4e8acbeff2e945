/**
 * What there is to find in a batch, and which query is to find it: the matching of least cost (Carion et al. 2020, section
 * 3.1). It is found on the host: the numbers are few and are needed there, and the arithmetic takes less time than the calls
 * of operators would.
 */
import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Device, DType, Tensor } from '../../tensor';
import { assignLinearSum, type Assignment } from './assignment';
import type { DetrConfig } from './config';

/** What there is to find in one image. */
export interface DetrLabels {
  /** (M), class numbers */
  readonly classLabels: Tensor;
  /** (M, 4), centre x and y, width and height, relative to the image as it was before padding */
  readonly boxes: Tensor;
}

/** The objects of all images of a batch, one after the other. */
export interface Targets {
  /** Objects in each image. */
  readonly counts: readonly number[];
  /** Number of the first object of each image. */
  readonly starts: readonly number[];
  /** (T), int64 */
  readonly classes: Tensor;
  /** (T, 4) */
  readonly boxes: Tensor;
}

/**
 * @param batch images that the model saw
 * @throws ShapeError, InputError when labels are not those of this batch
 */
export function packTargets(
  labels: readonly DetrLabels[],
  batch: number,
  target: { dtype: DType; device: Device },
): Targets {
  if (!Array.isArray(labels) || labels.length !== batch) {
    const found = Array.isArray(labels) ? labels.length : typeof labels;
    throw new ShapeError(
      `labels: expected a list of { classLabels, boxes }, one for each of the ${batch} images, found ${found}.`,
    );
  }
  const counts = labels.map(checkedCount);
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
  return {
    counts,
    starts,
    classes: torch.cat(labels.map(({ classLabels }) => classLabels.to({ device: target.device, dtype: 'int64' }))),
    boxes: torch.cat(labels.map(({ boxes }) => boxes.to(target).view([-1, 4]))), // (M, 4)
  };
}

function checkedCount({ classLabels, boxes }: DetrLabels, image: number): number {
  const [count, sizes] = [classLabels?.shape, boxes?.shape];
  if (!count || !sizes)
    throw new InputError(
      `labels: expected { classLabels, boxes } for image ${image}, found ${count ? 'no boxes' : 'no classLabels'}.`,
    );
  const fits = count.length === 1 && (sizes.join() === `${count[0]},4` || (count[0] === 0 && sizes.includes(0)));
  if (fits) return count[0]!;
  throw new ShapeError(
    `labels: expected classLabels [M] and boxes [M, 4] for image ${image}, found [${count.join(', ')}] and [${sizes.join(', ')}].`,
  );
}

/**
 * Says which object cannot be one, before the loss hides it.
 * @param boxes (T, 4), row by row
 * @param classes (T)
 */
function checkTargets(
  boxes: ArrayLike<number>,
  classes: ArrayLike<number>,
  { counts, starts }: Targets,
  numLabels: number,
): void {
  for (let object = 0; object < classes.length; object++) {
    const box = [0, 1, 2, 3].map((i) => boxes[4 * object + i]!);
    const isClass = classes[object]! >= 0 && classes[object]! < numLabels;
    if (isClass && box.every(Number.isFinite) && box[2]! >= 0 && box[3]! >= 0) continue;
    const image = starts.findLastIndex((start, i) => start <= object && counts[i]! > 0);
    const where = `labels: object ${object - starts[image]!} of image ${image}`;
    throw new InputError(
      isClass
        ? `${where}: expected a box of centre and size, found [${box.join(', ')}]; numbers must be finite, and width and height not below 0.`
        : `${where}: expected a class from 0 to ${numLabels - 1}, found ${classes[object]!}.`,
    );
  }
}

/** What the decoder layers say; L of them, the last one being what the model predicts. */
export interface LayerOutputs {
  /** (L, B, Q, K + 1) */
  readonly logits: Tensor;
  /** (L, B, Q, 4), centre and size */
  readonly boxes: Tensor;
}

/** Which query is to find which object: P pairs in each layer, layer by layer. */
export interface Matches {
  /** Pairs in each layer. */
  readonly pairs: number;
  /** (L P), `(layer B + image) Q + query` */
  readonly queries: Int32Array;
  /** (L P), objects of all images counted together */
  readonly objects: Int32Array;
  /** (T), the class of each object */
  readonly classes: ArrayLike<number>;
}

type Costs = CostWeights & Pick<DetrConfig, 'numLabels'>;

/**
 * The matching of least cost in each layer and image (Carion et al. 2020, section 3.1): what all need comes to the host
 * in one copy.
 * @throws InputError for objects that cannot be, and when the model's outputs are not numbers
 */
export function matchTargets(outputs: LayerOutputs, targets: Targets, config: Costs): Matches {
  const [layers, batch, numQueries] = outputs.logits.shape as [number, number, number];
  const { counts, starts } = targets;
  const pairs = counts.reduce((sum, count) => sum + Math.min(count, numQueries), 0);
  const queries = new Int32Array(layers * pairs);
  const objects = new Int32Array(layers * pairs);
  if (pairs === 0) return { pairs, queries, objects, classes: [] };

  const host = fetchOutputs(outputs, targets, config.numLabels);
  const costs = new Float64Array(numQueries * Math.max(...counts));
  let pair = 0;
  let next = 0; // of host.classProbabilities
  for (let table = 0; table < layers * batch; table++) {
    const image = table % batch;
    const [start, count] = [starts[image]!, counts[image]!];
    const classProbabilities = host.classProbabilities.subarray(next, (next += numQueries * count));
    const boxes = host.boxes.subarray(4 * numQueries * table, 4 * numQueries * (table + 1));
    fillPairCosts(
      costs,
      { classProbabilities, boxes, objects: host.objects.subarray(4 * start, 4 * (start + count)) },
      config,
    );
    const label = `Matching in image ${image} and decoder layer ${Math.floor(table / batch)} (outputs that are no numbers mean that training diverged)`;
    const objectOfQuery = byQuery(
      assignLinearSum({ data: costs, rows: count, columns: numQueries }, label),
      numQueries,
    );
    for (let query = 0; query < numQueries; query++) {
      if (objectOfQuery[query] === -1) continue;
      queries[pair] = table * numQueries + query;
      objects[pair++] = start + objectOfQuery[query]!;
    }
  }
  return { pairs, queries, objects, classes: host.classes };
}

/** The object of each query, -1 for none. */
function byQuery({ rows, columns }: Assignment, numQueries: number): Int32Array {
  const objectOfQuery = new Int32Array(numQueries).fill(-1);
  for (let i = 0; i < rows.length; i++) objectOfQuery[columns[i]!] = rows[i]!;
  return objectOfQuery;
}

interface HostOutputs {
  /** (L, then for each image M, Q): the probability that a query gives to the class of an object */
  readonly classProbabilities: FloatArray;
  /** (L, B, Q, 4) */
  readonly boxes: FloatArray;
  /** (T, 4) */
  readonly objects: FloatArray;
  /** (T) */
  readonly classes: FloatArray;
}

function fetchOutputs({ logits, boxes }: LayerOutputs, targets: Targets, numLabels: number): HostOutputs {
  const [layers, batch, numQueries] = logits.shape as [number, number, number];
  const { device } = targets.classes;
  const count = targets.classes.shape[0]!;
  const sizes = [layers * count * numQueries, layers * batch * numQueries * 4, 4 * count];
  const all = torch.noGrad(() =>
    torch.scoped(() => {
      const rows = torch
        .fromTypedArray(rowsOfObjects(targets.counts, layers, numQueries), [layers, count, numQueries])
        .to(device)
        .mul(numLabels + 1);
      const wanted = rows.add(targets.classes.clamp(0, numLabels).view([1, count, 1])); // (L, T, Q), indices into the flat probabilities
      const classProbabilities = logits.softmax(-1).take(wanted);
      return torch
        .cat([
          classProbabilities.flatten(),
          boxes.flatten(),
          targets.boxes.flatten(),
          targets.classes.to(classProbabilities.dtype),
        ])
        .data() as FloatArray;
    }),
  );
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size));
  const part = (i: number): FloatArray => all.subarray(ends[i - 1] ?? 0, ends[i]);
  const host = { classProbabilities: part(0), boxes: part(1), objects: part(2), classes: part(3) };
  checkTargets(host.objects, host.classes, targets, numLabels);
  return host;
}

/** (L, T, Q): the row of a query in a layer's outputs for an object's image, `(layer B + image) Q + query`. */
function rowsOfObjects(counts: readonly number[], layers: number, numQueries: number): Int32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const rows = new Int32Array(layers * total * numQueries);
  let next = 0;
  for (let table = 0; table < layers * counts.length; table++) {
    const first = table * numQueries;
    for (let object = 0; object < counts[table % counts.length]!; object++) {
      for (let query = 0; query < numQueries; query++) rows[next++] = first + query;
    }
  }
  return rows;
}

export type FloatArray = Float32Array | Float64Array;

/** What one decoder layer says about an image, and what is in it: Q queries, M objects. */
interface ImageOutputs {
  /** (M, Q), the probability that each query gives to the class of an object */
  readonly classProbabilities: FloatArray;
  /** (Q, 4), centre and size */
  readonly boxes: FloatArray;
  /** (M, 4), centre and size */
  readonly objects: FloatArray;
}

type CostWeights = Pick<DetrConfig, 'classCost' | 'bboxCost' | 'giouCost'>;

/** Writes the cost of each pair into `costs`, (M, Q), object by object. */
export function fillPairCosts(costs: Float64Array, outputs: ImageOutputs, weights: CostWeights): void {
  const sides = sidesOf(outputs.boxes);
  const count = outputs.objects.length / 4;
  for (let object = 0; object < count; object++) fillRow(costs, object, outputs, sides, weights);
}

/** The sides of boxes, five numbers each: left, top, right, bottom, and the area. */
function sidesOf(boxes: FloatArray): Float64Array {
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
