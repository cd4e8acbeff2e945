import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { assignLinearSum } from './assignment';
import { cxcywhToXyxy, generalizedIou } from './boxes';
import type { DetrConfig } from './config';
import { checkTargets, type Targets } from './targets';

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
  /** (L P), `(layer B + picture) Q + query` */
  readonly queries: Int32Array;
  /** (L P), objects of all pictures counted together */
  readonly objects: Int32Array;
  /** (T), the class of each object */
  readonly classes: ArrayLike<number>;
}

type Costs = Pick<DetrConfig, 'classCost' | 'bboxCost' | 'giouCost' | 'numLabels'>;

/**
 * The matching of least cost in each layer and picture (Carion et al. 2020, section 3.1): all are computed together, and
 * come to the host in one copy.
 * @throws InputError for objects that cannot be, and when the model's outputs are not numbers
 */
export function matchTargets(outputs: LayerOutputs, targets: Targets, config: Costs): Matches {
  const [layers, batch, numQueries] = outputs.logits.shape as [number, number, number];
  const most = Math.max(...targets.counts);
  const pairs = targets.counts.reduce((sum, count) => sum + Math.min(count, numQueries), 0);
  const queries = new Int32Array(layers * pairs);
  const objects = new Int32Array(layers * pairs);
  if (pairs === 0) return { pairs, queries, objects, classes: [] };

  const { costs, classes } = fetchCosts(outputs, targets, most, config);
  let pair = 0;
  for (let table = 0; table < layers * batch; table++) {
    const picture = table % batch;
    const label = `Matching in picture ${picture} and decoder layer ${Math.floor(table / batch)} (outputs that are no numbers mean that training diverged)`;
    const offset = table * numQueries * most;
    const found = assignLinearSum({ data: costs, rows: numQueries, columns: targets.counts[picture]!, offset, stride: most }, label);
    found.rows.forEach((query, i) => {
      queries[pair] = table * numQueries + query;
      objects[pair++] = targets.starts[picture]! + found.columns[i]!;
    });
  }
  return { pairs, queries, objects, classes };
}

interface HostCosts {
  /** (L, B, Q, most) */
  readonly costs: Float32Array | Float64Array;
  /** (T) */
  readonly classes: Float32Array | Float64Array;
}

/** The costs, padded to the picture with the most objects, and the targets beside them. */
function fetchCosts(outputs: LayerOutputs, targets: Targets, most: number, config: Costs): HostCosts {
  const { numLabels } = config;
  const total = targets.classes.shape[0]!;
  const fetched = torch.noGrad(() =>
    torch.scoped(() => {
      const costs = pairCosts(outputs, padTargets(targets, most, numLabels), config);
      return torch.cat([costs.flatten(), targets.boxes.flatten(), targets.classes.to(costs.dtype)]).data() as Float32Array | Float64Array;
    }),
  );
  const objects = fetched.length - 5 * total;
  const classes = fetched.subarray(objects + 4 * total);
  checkTargets(fetched.subarray(objects, objects + 4 * total), classes, targets, numLabels);
  return { costs: fetched.subarray(0, objects), classes };
}

interface PaddedTargets {
  /** (B, M) */
  readonly classes: Tensor;
  /** (B, M, 4) */
  readonly boxes: Tensor;
}

/** Each picture's objects, and any others in the places that are left. */
function padTargets({ counts, starts, classes, boxes }: Targets, most: number, numLabels: number): PaddedTargets {
  const places = counts.flatMap((count, picture) => Array.from({ length: most }, (_, i) => (i < count ? starts[picture]! + i : 0)));
  const index = torch.fromTypedArray(Int32Array.from(places), [places.length]).to(boxes.device);
  return {
    classes: classes.indexSelect(0, index).clamp(0, numLabels).view([counts.length, most]), // (B M) -> (B, M)
    boxes: boxes.indexSelect(0, index).view([counts.length, most, 4]), // (B M, 4) -> (B, M, 4)
  };
}

/** Cost of every query for every object of its picture: (L, B, Q, M). */
function pairCosts({ logits, boxes }: LayerOutputs, targets: PaddedTargets, { classCost, bboxCost, giouCost }: Costs): Tensor {
  const [layers, batch, numQueries] = logits.shape as [number, number, number];
  const most = targets.classes.shape[1]!;
  const wanted = targets.classes.view([1, batch, 1, most]).expand([layers, -1, numQueries, -1]); // (B, M) -> (L, B, Q, M)
  const likely = logits.softmax(-1).gather(3, wanted); // (L, B, Q, M)
  const away = torch.cdist(boxes, targets.boxes.expand([layers, -1, -1, -1]), 1); // (L, B, Q, M)
  const overlap = generalizedIou(cxcywhToXyxy(boxes).unsqueeze(3), cxcywhToXyxy(targets.boxes).unsqueeze(1)); // (L, B, Q, 1, 4), (B, 1, M, 4) -> (L, B, Q, M)
  return away.mul(bboxCost).sub(likely.mul(classCost)).sub(overlap.mul(giouCost));
}
