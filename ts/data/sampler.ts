import { Rng } from './rng';
import type { Pass } from './dataset';
import { InputError } from '../errors';
import { expected } from '../options';

/** The order in which a pass visits the samples of a dataset, as a function of the pass. */
export type SampleOrder = (length: number, pass: Pass) => Uint32Array;

/** The second coordinate of the shuffling stream; indices of samples stay below it, so augmentation never shares its numbers. */
const SHUFFLE = 0xffffffff;

/** First to last, in every pass. */
export const inOrder: SampleOrder = (length) => {
  if (!Number.isInteger(length) || length < 0)
    throw expected('inOrder', 'a whole number of at least 0 for length', length, '', InputError);
  return Uint32Array.from({ length }, (_, index) => index);
};

/** A new random order for each pass, given by its seed and epoch alone: a resumed run needs no saved state. */
export const shuffled: SampleOrder = (length, pass) => {
  if (typeof pass !== 'object' || pass === null)
    throw expected('shuffled', 'a pass { seed, epoch }', pass, '', InputError);
  return new Rng(pass.seed, pass.epoch, SHUFFLE).permutation(length);
};
