import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { assignLinearSum } from './assignment';
import type { DetrConfig } from './config';
import { fillPairCosts, type CostWeights, type Numbers } from './pair-costs';
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

type Costs = CostWeights & Pick<DetrConfig, 'numLabels'>;

/**
 * The matching of least cost in each layer and picture (Carion et al. 2020, section 3.1): what all need comes to the host
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

  const most = Math.max(...counts);
  const host = fetchOutputs(outputs, targets, most, config.numLabels);
  const costs = new Float64Array(numQueries * most);
  let pair = 0;
  for (let table = 0; table < layers * batch; table++) {
    const picture = table % batch;
    const [start, count] = [starts[picture]!, counts[picture]!];
    const likely = host.likely.subarray(numQueries * most * table, numQueries * most * (table + 1));
    const boxes = host.boxes.subarray(4 * numQueries * table, 4 * numQueries * (table + 1));
    fillPairCosts(costs, { likely, boxes, objects: host.objects.subarray(4 * start, 4 * (start + count)) }, config);
    const label = `Matching in picture ${picture} and decoder layer ${Math.floor(table / batch)} (outputs that are no numbers mean that training diverged)`;
    const found = assignLinearSum({ data: costs, rows: numQueries, columns: count }, label);
    found.rows.forEach((query, i) => {
      queries[pair] = table * numQueries + query;
      objects[pair++] = start + found.columns[i]!;
    });
  }
  return { pairs, queries, objects, classes: host.classes };
}

interface HostOutputs {
  /** (L, B, Q, most), the probability that a query gives to the class of each object of its picture */
  readonly likely: Numbers;
  /** (L, B, Q, 4) */
  readonly boxes: Numbers;
  /** (T, 4) */
  readonly objects: Numbers;
  /** (T) */
  readonly classes: Numbers;
}

/** What the costs are made of; probabilities for as many objects as the picture with the most has. */
function fetchOutputs({ logits, boxes }: LayerOutputs, targets: Targets, most: number, numLabels: number): HostOutputs {
  const [layers, batch, numQueries] = logits.shape as [number, number, number];
  const sizes = [layers * batch * numQueries * most, layers * batch * numQueries * 4, 4 * targets.classes.shape[0]!];
  const all = torch.noGrad(() =>
    torch.scoped(() => {
      const wanted = paddedClasses(targets, most, numLabels).view([1, batch, 1, most]).expand([layers, -1, numQueries, -1]); // (L, B, Q, most)
      const likely = logits.softmax(-1).gather(3, wanted); // (L, B, Q, K + 1) -> (L, B, Q, most)
      return torch.cat([likely.flatten(), boxes.flatten(), targets.boxes.flatten(), targets.classes.to(likely.dtype)]).data() as Numbers;
    }),
  );
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size));
  const part = (i: number): Numbers => all.subarray(ends[i - 1] ?? 0, ends[i]);
  const host = { likely: part(0), boxes: part(1), objects: part(2), classes: part(3) };
  checkTargets(host.objects, host.classes, targets, numLabels);
  return host;
}

/** The classes of each picture's objects, and any others in the places that are left: (B most). */
function paddedClasses({ counts, starts, classes }: Targets, most: number, numLabels: number): Tensor {
  const places = counts.flatMap((count, picture) => Array.from({ length: most }, (_, i) => (i < count ? starts[picture]! + i : 0)));
  const index = torch.fromTypedArray(Int32Array.from(places), [places.length]).to(classes.device);
  return classes.indexSelect(0, index).clamp(0, numLabels);
}
