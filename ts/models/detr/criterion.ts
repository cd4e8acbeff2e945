/**
 * The loss of DETR (Carion et al. 2020, section 3.1; facebookresearch/detr, models/detr.py, SetCriterion): every object is
 * matched with one query, which has to name its class and its box; all other queries have to say "no object".
 */
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { boxConvert, generalizedIou } from '../../vision/ops/boxes';
import type { DetrConfig } from './config';
import { matchTargets, packTargets, type DetrLabels, type LayerOutputs, type Matches, type Targets } from './matcher';

/**
 * Numbers by the names of transformers: `loss_ce`, `loss_bbox`, `loss_giou` and `cardinality_error` for the predictions, the
 * same with `_0`, `_1`, … behind for the decoder layers before the last. `class_error` is the share of matched queries, in
 * percent, whose most likely class is wrong. The errors are for the log and have no gradient.
 */
export type LossDict = Readonly<Record<string, Tensor>>;

export interface DetectionLoss {
  /** A number: the weighted sum over all terms and layers. */
  readonly loss: Tensor;
  readonly lossDict: LossDict;
}

/** One number for each layer, (L). */
interface LayerLosses {
  readonly loss_ce: Tensor;
  readonly loss_bbox: Tensor;
  readonly loss_giou: Tensor;
  readonly cardinality_error: Tensor;
}

/** What the sums over a batch are divided by. */
export interface DetectionTotals {
  /** Of the losses of boxes: objects. */
  readonly boxes: number;
  /** Of the loss of classes: the weights of all queries. */
  readonly weights: number;
}

/**
 * The totals of the images of a batch. Where several processes have a part each, each divides by the means of all parts: the mean of
 * their losses is then the loss of the whole batch.
 */
export function detectionTotals(
  labels: readonly DetrLabels[],
  { numQueries, eosCoefficient }: Pick<DetrConfig, 'numQueries' | 'eosCoefficient'>,
): DetectionTotals {
  const counts = labels.map(({ classLabels }) => classLabels.shape[0]!);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const matched = sum(counts.map((count) => Math.min(count, numQueries)));
  return { boxes: sum(counts), weights: matched + (labels.length * numQueries - matched) * eosCoefficient };
}

/**
 * @param given what the sums are divided by, of several processes the means of theirs, or what the losses of boxes alone are; by default
 *   those of the batch, boxes at least 1
 * @throws ShapeError, InputError when labels are not those of the batch, or cannot be
 */
export function detectionLoss(
  outputs: LayerOutputs,
  labels: readonly DetrLabels[],
  config: DetrConfig,
  given?: number | DetectionTotals,
): DetectionLoss {
  const { dtype, device, shape } = outputs.logits;
  const targets = packTargets(labels, shape[1]!, { dtype, device });
  const matches = matchTargets(outputs, targets, config);
  const totals = typeof given === 'object' ? given : undefined;
  // Of several processes the mean may be below 1 where the batch has objects.
  const divisor = totals ? totals.boxes || 1 : Math.max((given as number | undefined) ?? targets.classes.shape[0]!, 1);
  const index = uploadIndices(matches, outputs, config);
  const predictedClasses = torch.noGrad(() => outputs.logits.argmax(-1)); // (L, B, Q)
  const losses = {
    loss_ce: classLoss(outputs.logits, index.classes, config, totals?.weights),
    ...boxLosses(outputs.boxes, targets.boxes, index, shape[0]!, divisor),
    cardinality_error: cardinalityError(predictedClasses, targets, config.numLabels),
  };
  const { bboxLossCoefficient, giouLossCoefficient } = config;
  const loss = losses.loss_ce
    .add(losses.loss_bbox, { alpha: bboxLossCoefficient })
    .add(losses.loss_giou, { alpha: giouLossCoefficient })
    .sum();
  return { loss, lossDict: { ...byName(losses), class_error: classError(predictedClasses, index, matches.pairs) } };
}

interface Indices {
  /** (L P), flat indices into (L, B, Q) */
  readonly queries: Tensor;
  /** (L P), indices into (T) */
  readonly objects: Tensor;
  /** (L, B, Q), the class that each query has to name */
  readonly classes: Tensor;
}

/** The matching as tensors, in one copy. */
function uploadIndices(
  { queries, objects, classes }: Matches,
  { logits }: LayerOutputs,
  { numLabels }: DetrConfig,
): Indices {
  const sizes = logits.shape.slice(0, 3);
  const lengths = [queries.length, objects.length, sizes.reduce((product, size) => product * size)] as const;
  const all = new Int32Array(lengths[0] + lengths[1] + lengths[2]).fill(numLabels);
  all.set(queries);
  all.set(objects, queries.length);
  queries.forEach((query, i) => (all[2 * queries.length + query] = classes[objects[i]!]!));
  const parts = torch.fromTypedArray(all, [all.length]).to({ device: logits.device, dtype: 'int64' });
  const [queryPart, objectPart, classPart] = parts.splitWithSizes(lengths) as [Tensor, Tensor, Tensor];
  return { queries: queryPart, objects: objectPart, classes: classPart.view(sizes) }; // (L B Q) -> (L, B, Q)
}

/** Cross entropy, "no object" counting less: (L). */
function classLoss(
  logits: Tensor,
  classes: Tensor,
  { numLabels, eosCoefficient }: DetrConfig,
  divisor?: number,
): Tensor {
  const weights = torch.onesLike(classes, { dtype: logits.dtype }).maskedFill_(classes.eq(numLabels), eosCoefficient); // (L, B, Q)
  const likelihood = logits.logSoftmax(-1).gather(3, classes.unsqueeze(3)).squeeze(3); // (L, B, Q, K + 1) -> (L, B, Q)
  return likelihood
    .mul(weights)
    .sum([1, 2])
    .div(divisor ?? weights.sum([1, 2]))
    .neg();
}

/** L1 distance and missing overlap of the matched boxes: (L), (L). */
function boxLosses(
  boxes: Tensor,
  targets: Tensor,
  { queries, objects }: Indices,
  layers: number,
  divisor: number,
): Pick<LayerLosses, 'loss_bbox' | 'loss_giou'> {
  const predicted = boxes.flatten(0, 2).indexSelect(0, queries); // (L, B, Q, 4) -> (L P, 4)
  const target = targets.indexSelect(0, objects); // (T, 4) -> (L P, 4)
  const sum = (perPair: Tensor): Tensor => perPair.view([layers, -1]).sum(1).div(divisor); // (L P) or (L P, 4) -> (L)
  const overlap = generalizedIou(cornersOf(predicted), cornersOf(target)); // (L P)
  return { loss_bbox: sum(predicted.sub(target).abs()), loss_giou: sum(overlap.rsub(1)) };
}

/** Centre and size -> corners. */
function cornersOf(boxes: Tensor): Tensor {
  return boxConvert(boxes, 'cxcywh', 'xyxy');
}

/** How far the number of queries that name a class is from the number of objects: (L). */
function cardinalityError(predictedClasses: Tensor, { counts }: Targets, numLabels: number): Tensor {
  const named = predictedClasses.ne(numLabels).sum(2); // (L, B, Q) -> (L, B)
  return named
    .sub(torch.tensor(counts, { dtype: 'float32', device: predictedClasses.device }))
    .abs()
    .mean(1);
}

/** Percent of the matched queries of the last layer whose most likely class is wrong; 100 when there are none, as the authors have it. */
function classError(predictedClasses: Tensor, { queries, classes }: Indices, pairs: number): Tensor {
  if (pairs === 0) return torch.full([], 100, { device: predictedClasses.device });
  const matched = queries.narrow(0, queries.shape[0]! - pairs, pairs);
  return predictedClasses
    .flatten()
    .indexSelect(0, matched)
    .ne(classes.flatten().indexSelect(0, matched))
    .to('float32')
    .mean()
    .mul(100); // (L, B, Q) -> ()
}

function byName(losses: LayerLosses): Record<string, Tensor> {
  const columns = Object.entries(losses).map(([name, perLayer]) => [name, (perLayer as Tensor).unbind(0)] as const);
  const last = columns[0]![1].length - 1;
  const ofLayer = (layer: number, suffix: string): [string, Tensor][] =>
    columns.map(([name, values]) => [name + suffix, values[layer]!]);
  const before = Array.from({ length: last }, (_, layer) => ofLayer(layer, `_${layer}`)).flat();
  return Object.fromEntries([...ofLayer(last, ''), ...before]);
}
