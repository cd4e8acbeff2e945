import { InputError, ShapeError } from '../../errors';
import type { Tensor } from '../../tensor';

/** What becomes of the losses of the elements: kept, averaged, or summed. */
export type Reduction = 'none' | 'mean' | 'sum';

export interface LossOptions {
  /** What becomes of the losses of the elements. @default 'mean' */
  readonly reduction?: Reduction;
}

const reductions = { none: 0, mean: 1, sum: 2 } as const satisfies Record<Reduction, number>;

/** ATen's number of a reduction. */
export function reductionCode(reduction: Reduction = 'mean'): number {
  if (!Object.hasOwn(reductions, reduction))
    throw new InputError(`reduction must be 'none', 'mean' or 'sum', got '${String(reduction)}'.`);
  return reductions[reduction];
}

/** Losses of elements, reduced. */
export function reduce(losses: Tensor, reduction: Reduction = 'mean'): Tensor {
  const code = reductionCode(reduction);
  return code === reductions.none ? losses : code === reductions.mean ? losses.mean() : losses.sum();
}

export function requireSameShape(owner: string, input: Tensor, target: Tensor, name = 'target'): void {
  if (input.shape.join() === target.shape.join()) return;
  throw new ShapeError(
    `${owner}: ${name} [${target.shape.join(', ')}] must have the shape of input [${input.shape.join(', ')}].`,
  );
}
