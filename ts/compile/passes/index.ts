/** The passes over a graph, in their order. Each is a function that changes the graph in place, and can be called alone. */
import type { Graph } from '../graph';
import { fuseConvolution, patchesToLinear, viewsToReshapes } from './convolution';
import { functionalize } from './functionalize';
import { fuseLinear, mergeLinear } from './linear';
import { foldNormalization } from './normalization';
import { reuseResiduals } from './reuse';
import { mergeEqual, removeDeadCode } from './simplify';

export type Pass = (graph: Graph) => void;

/** Makes a graph without writes as far as possible, and with nothing computed twice or for nothing. */
const CLEAN: readonly Pass[] = [functionalize, removeDeadCode, mergeEqual];

/** Makes it compute the same in float32, faster. */
const FUSE: readonly Pass[] = [
  foldNormalization,
  patchesToLinear,
  viewsToReshapes,
  mergeLinear,
  fuseLinear,
  fuseConvolution,
];

/** What every precision begins with. */
export const FLOAT_PASSES: readonly Pass[] = [...CLEAN, ...FUSE];

/**
 * @param lower the passes of another precision
 * @param last what has to come after all others, for other passes leave alone what is written to
 */
export function optimize(graph: Graph, lower: readonly Pass[] = [], last: readonly Pass[] = []): Graph {
  for (const pass of [...FLOAT_PASSES, ...lower, mergeEqual, removeDeadCode, reuseResiduals, ...last]) pass(graph);
  return graph;
}
