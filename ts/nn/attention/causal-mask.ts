import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { factoryDefaults, resolveOptions, type FactoryOptions } from '../options';

/** (size, size): 0 where a query may look, -Infinity at the keys after it. */
export function generateSquareSubsequentMask(size: number, options: FactoryOptions = {}): Tensor {
  const factory = resolveOptions('generateSquareSubsequentMask', factoryDefaults as Required<FactoryOptions>, options);
  return torch.scoped(() => torch.full([size, size], -Infinity, factory).triu(1));
}

/**
 * Whether `mask` is the causal one, so that attention may use its own: as said by `isCausal`, or, where that is null,
 * by looking at the mask.
 */
export function isCausalMask(mask: Tensor | null, isCausal: boolean | null): boolean {
  if (isCausal !== null || mask === null) return isCausal ?? false;
  const [rows, columns] = mask.shape;
  if (mask.ndim !== 2 || rows !== columns || mask.dtype === 'bool') return false;
  return torch.scoped(() => {
    const causal = generateSquareSubsequentMask(rows as number, { device: mask.device, dtype: mask.dtype });
    return mask.eq(causal).all().item() === true;
  });
}
