import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { assignLinearSum, type Assignment } from './assignment';
import type { DetrConfig } from './config';
import { fillPairCosts, type CostWeights, type Numbers } from './matching-cost';
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
  let next = 0; // of the probabilities
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
  readonly classProbabilities: Numbers;
  /** (L, B, Q, 4) */
  readonly boxes: Numbers;
  /** (T, 4) */
  readonly objects: Numbers;
  /** (T) */
  readonly classes: Numbers;
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
      const wanted = rows.add(targets.classes.clamp(0, numLabels).view([1, count, 1])); // (L, T, Q), places in the flat probabilities
      const classProbabilities = logits.softmax(-1).take(wanted);
      return torch
        .cat([
          classProbabilities.flatten(),
          boxes.flatten(),
          targets.boxes.flatten(),
          targets.classes.to(classProbabilities.dtype),
        ])
        .data() as Numbers;
    }),
  );
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size));
  const part = (i: number): Numbers => all.subarray(ends[i - 1] ?? 0, ends[i]);
  const host = { classProbabilities: part(0), boxes: part(1), objects: part(2), classes: part(3) };
  checkTargets(host.objects, host.classes, targets, numLabels);
  return host;
}

/** (L, T, Q): the row of a query in a layer's answers to an object's image, `(layer B + image) Q + query`. */
function rowsOfObjects(counts: readonly number[], layers: number, numQueries: number): Int32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const rows = new Int32Array(layers * total * numQueries);
  let next = 0;
  for (let table = 0; table < layers * counts.length; table++) {
    const first = table * numQueries;
    for (
      let left = counts[table % counts.length]! * numQueries, query = 0;
      left > 0;
      left--, query = query + 1 === numQueries ? 0 : query + 1
    )
      rows[next++] = first + query;
  }
  return rows;
}
