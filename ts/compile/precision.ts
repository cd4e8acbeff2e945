/** What a module can be compiled to compute in, and what that takes. */
import type { Pass } from './passes';
import { attendInBfloat16, toBfloat16 } from './passes/bfloat16';
import { keysOf, quantizeConvolutions, reuseAccumulators, type Ranges } from './passes/int8-convolution';
import { quantizeLinear } from './passes/int8-linear';
import { mergeEqual } from './passes/simplify';
import { hasBfloat16, saturates } from './processor';

export const PRECISIONS = ['float32', 'bfloat16', 'int8'] as const;

/** The element type of products: the bytes of their weights, and how many multiplications the processor does at once. */
export type Precision = (typeof PRECISIONS)[number];

/** How far a result may be from that of the module itself, relative to its largest number, unless the caller says otherwise. */
export const TOLERANCES: Readonly<Record<Precision, number>> = { float32: 1e-4, bfloat16: 0.1, int8: 0.5 };

/**
 * The passes between those of float32 and the last ones.
 * @param ranges runs the calibration where it has not been run; called only for a graph with convolutions, in int8
 */
export function passesOf(precision: Precision, ranges: () => Ranges): readonly Pass[] {
  if (precision === 'float32') return [];
  // Without products in bfloat16 there is nothing to be gained: float32 is as fast, and has more digits.
  if (precision === 'bfloat16') return hasBfloat16() ? [toBfloat16] : [];
  const options = { reduceRange: saturates() };
  const convolutions: Pass = (graph) => {
    if (keysOf(graph).size > 0) quantizeConvolutions(graph, { ...options, ranges: ranges() });
  };
  const linear: Pass = (graph) => quantizeLinear(graph, options);
  return [mergeEqual, linear, convolutions, ...(hasBfloat16() ? [attendInBfloat16] : [])];
}

/** What has to come last of all. */
export function lastPassesOf(precision: Precision): readonly Pass[] {
  return precision === 'int8' ? [reuseAccumulators] : [];
}
