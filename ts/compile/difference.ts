import * as torch from '../tensor';
import type { Tensor } from '../tensor';

/**
 * How tensors differ from those that they should equal, in a sentence; null where they do not.
 * @param tolerance the largest difference that is none, relative to the largest number of the tensor
 */
export function differenceOf(found: readonly Tensor[], wanted: readonly Tensor[], tolerance: number): string | null {
  if (found.length !== wanted.length) return `the plan gives ${found.length} tensors instead of ${wanted.length}`;
  for (const [i, tensor] of found.entries()) {
    const other = wanted[i]!;
    const [kind, expected] = [tensor, other].map(({ dtype, shape }) => `${dtype}[${shape.join(', ')}]`);
    if (kind !== expected) return `the plan gives ${kind} instead of ${expected}`;
    const difference = relativeDifference(tensor, other);
    if (!(difference <= tolerance))
      return `its plan differs from it by ${difference.toPrecision(2)} of the largest number`;
  }
  return null;
}

/** The largest difference over the largest number; NaN and infinities must stand at the same places. */
function relativeDifference(found: Tensor, wanted: Tensor): number {
  if (found === wanted || wanted.numel() === 0) return 0;
  return torch.noGrad(() =>
    torch.scoped(() => {
      if (wanted.dtype === 'bool') return torch.equal(found, wanted) ? 0 : Infinity;
      const [a, b] = [found, wanted].map((tensor) => tensor.detach().to('float64')) as [Tensor, Tensor];
      const finite = b.isfinite();
      if (!torch.equal(a.isfinite(), finite)) return Infinity;
      const [zero, differs] = [torch.zerosLike(b), a.sub(b).abs()];
      const largest = torch.where(finite, b.abs(), zero).max().item() as number;
      const difference = torch.where(finite, differs, zero).max().item() as number;
      return difference === 0 ? 0 : difference / Math.max(largest, Number.MIN_VALUE);
    }),
  );
}
