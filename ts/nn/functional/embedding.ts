import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireTensors, bindOptions, type Positional } from '../options';

export interface EmbeddingCallOptions {
  /** Row that gets no gradient. @default null */
  readonly paddingIdx?: number | null;
  /** Longest row allowed; longer ones are shortened in the table. @default null */
  readonly maxNorm?: number | null;
  /** Order of the norm that `maxNorm` bounds. @default 2 */
  readonly normType?: number;
  /** Divide the gradient of a row by how often the batch uses it. @default false */
  readonly scaleGradByFreq?: boolean;
  /** Make the gradient of the table a sparse tensor, which `SGD`, `SparseAdam` and `Adagrad` take. @default false */
  readonly sparse?: boolean;
}

const DEFAULTS = { paddingIdx: null, maxNorm: null, normType: 2, scaleGradByFreq: false, sparse: false };

/** Rows of `weight` (rows, D) by their number: integers (*) -> (*, D). */
export function embedding(
  input: Tensor,
  weight: Tensor,
  ...given: Positional<EmbeddingCallOptions, 'embedding'>
): Tensor {
  requireTensors('embedding', { input, weight });
  const resolved = bindOptions<Required<EmbeddingCallOptions>>('embedding', DEFAULTS, given);
  const { paddingIdx, maxNorm, normType, scaleGradByFreq, sparse } = resolved;
  const row = paddingRow('embedding', weight, paddingIdx);
  if (maxNorm !== null) shorten(weight, input, maxNorm, normType);
  return torch.embedding(weight, input, { paddingIdx: row ?? -1, scaleGradByFreq, sparse }); // -1 stands for none
}

const bagModes = { sum: 0, mean: 1, max: 2 } as const;

/** How the rows of a bag become one. */
export type BagMode = keyof typeof bagModes;

export interface EmbeddingBagCallOptions extends EmbeddingCallOptions {
  /** (bags): where each bag starts, for bags of different lengths in one row. @default null */
  readonly offsets?: Tensor | null;
  /** How the rows of a bag become one. @default 'mean' */
  readonly mode?: BagMode;
  /** Factor on each row, of the input's shape; for `'sum'` only. @default null */
  readonly perSampleWeights?: Tensor | null;
  /** `offsets` holds the end of the last bag too. @default false */
  readonly includeLastOffset?: boolean;
}

/** Sums, means or maxima of rows of `weight` (rows, D): integers (B, N), or (N) with `offsets` (B) -> (B, D). */
export function embeddingBag(
  input: Tensor,
  weight: Tensor,
  ...given: Positional<EmbeddingBagCallOptions, 'embeddingBag'>
): Tensor {
  requireTensors('embeddingBag', { input, weight });
  const defaults: Required<EmbeddingBagCallOptions> = {
    ...DEFAULTS,
    offsets: null,
    mode: 'mean',
    perSampleWeights: null,
    includeLastOffset: false,
  };
  const resolved = bindOptions('embeddingBag', defaults, given);
  const { paddingIdx, maxNorm, normType, scaleGradByFreq, sparse, mode, includeLastOffset } = resolved;
  if (!Object.hasOwn(bagModes, mode))
    throw new InputError(`embeddingBag: mode must be 'sum', 'mean' or 'max', got '${mode}'.`);
  const row = paddingRow('embeddingBag', weight, paddingIdx);
  if (maxNorm !== null) shorten(weight, input, maxNorm, normType);
  const { indices, offsets, factors } = bags(input, resolved, mode);
  return torch.embeddingBag(
    weight,
    indices,
    offsets,
    scaleGradByFreq,
    bagModes[mode],
    sparse,
    factors,
    includeLastOffset,
    row,
  )[0];
}

/** All rows one after the other, and where their bags start. */
function bags(
  input: Tensor,
  { offsets, perSampleWeights }: Required<EmbeddingBagCallOptions>,
  mode: BagMode,
): { indices: Tensor; offsets: Tensor; factors: Tensor | null } {
  if (perSampleWeights !== null && mode !== 'sum')
    throw new InputError(`embeddingBag: perSampleWeights need mode 'sum', got '${mode}'.`);
  if (input.ndim === 1 && offsets !== null) return { indices: input, offsets, factors: perSampleWeights };
  if (input.ndim !== 2 || offsets !== null) {
    throw new InputError(
      `embeddingBag takes (bags, N), or (N) with offsets, got [${input.shape.join(', ')}] ${offsets === null ? 'without' : 'with'} offsets.`,
    );
  }
  const [count, length] = input.shape as [number, number];
  const starts = Array.from({ length: count }, (_, bag) => bag * length);
  return {
    indices: input.reshape([-1]), // (B, N) -> (B·N)
    offsets: torch.tensor(starts, { dtype: input.dtype, device: input.device }),
    factors: perSampleWeights?.reshape([-1]) ?? null, // (B, N) -> (B·N)
  };
}

/** The row counted from the start. */
function paddingRow(owner: string, weight: Tensor, paddingIdx: number | null): number | null {
  const rows = weight.shape[0] as number;
  if (paddingIdx === null) return null;
  if (!(paddingIdx >= -rows && paddingIdx < rows)) {
    throw new InputError(`${owner}: paddingIdx must be a row of the table of ${rows}, got ${paddingIdx}.`);
  }
  return (paddingIdx + rows) % rows;
}

function shorten(weight: Tensor, input: Tensor, maxNorm: number, normType: number): void {
  torch.noGrad(() => torch.embeddingRenorm_(weight, input.contiguous(), maxNorm, normType));
}
