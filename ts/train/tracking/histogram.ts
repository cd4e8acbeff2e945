import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';

/** How the values of a tensor are spread. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** The upper ends of the bins; the first one begins at `min`. */
  readonly limits: readonly number[];
  /** Values in each bin. */
  readonly counts: readonly number[];
}

/** Enough to see a shape. */
const BINS = 64;

/** A histogram of the finite values of a tensor, in bins of equal width; undefined where it has none. */
export function histogramOf(tensor: Tensor): Histogram | undefined {
  return torch.noGrad(() =>
    torch.scoped(() => {
      const all = tensor.detach().flatten().to('float32'); // (n)
      const values = all.maskedSelect(all.isfinite()); // those that are finite
      const count = values.numel();
      if (count === 0) return undefined;
      const sums = torch.stack([values.min(), values.max(), values.sum(), values.square().sum()]); // (4)
      const [min, max, sum, sumOfSquares] = sums.toArray() as [number, number, number, number];
      const width = (max - min) / BINS;
      if (!(width > 0)) return { min, max, count, sum, sumOfSquares, limits: [max], counts: [count] };
      const counts = values.to('cpu').histc(BINS, min, max).toArray() as number[];
      const limits = counts.map((_, i) => (i === BINS - 1 ? max : min + (i + 1) * width));
      return { min, max, count, sum, sumOfSquares, limits, counts };
    }),
  );
}
