import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { embeddingBag, type BagMode } from '../functional';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireSizes, resolveOptions, bindOptions, type Arguments } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';
import type { EmbeddingOptions } from './embedding';

export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** How the rows of a bag become one. @default 'mean' */
  readonly mode?: BagMode;
  /** The offsets hold the end of the last bag too. @default false */
  readonly includeLastOffset?: boolean;
}

/** What the forward takes beside the row numbers, by name or by position. */
export interface EmbeddingBagInputs {
  /** (bags): where each bag starts, for bags of different lengths in one row. @default null */
  readonly offsets?: Tensor | null;
  /** Factor on each row, of the input's shape; for mode `'sum'` only. @default null */
  readonly perSampleWeights?: Tensor | null;
}

const defaults: Required<EmbeddingBagOptions> = {
  maxNorm: null,
  normType: 2,
  scaleGradByFreq: false,
  sparse: false,
  mode: 'mean',
  includeLastOffset: false,
  paddingIdx: null,
  ...factoryDefaults,
};

/** Sums, means or maxima of rows of a trained table, without making the rows: integers (B, N) -> (B, embeddingDim). */
export class EmbeddingBag extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  /** (numEmbeddings, embeddingDim) */
  declare weight: Parameter;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  readonly sparse: boolean;
  readonly mode: BagMode;
  readonly includeLastOffset: boolean;
  readonly paddingIdx: number | null;

  constructor(...args: Arguments<[numEmbeddings: number, embeddingDim: number], EmbeddingBagOptions, 'EmbeddingBag'>) {
    super();
    const { numEmbeddings, embeddingDim, paddingIdx, device, dtype, ...rest } = bindOptions(
      'EmbeddingBag',
      defaults,
      args,
    );
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    requireSizes('EmbeddingBag', { numEmbeddings, embeddingDim });
    if (paddingIdx !== null && !(paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings)) {
      throw new InputError(
        `EmbeddingBag: paddingIdx must be a row of the table of ${numEmbeddings}, got ${paddingIdx}.`,
      );
    }
    this.maxNorm = rest.maxNorm;
    this.normType = rest.normType;
    this.scaleGradByFreq = rest.scaleGradByFreq;
    this.sparse = rest.sparse;
    this.mode = rest.mode;
    this.includeLastOffset = rest.includeLastOffset;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.weight = new Parameter(torch.empty([numEmbeddings, embeddingDim], { device, dtype }));
    this.resetParameters();
  }

  /** Draws the rows anew from the standard normal distribution; row `paddingIdx` becomes 0. */
  resetParameters(): void {
    init.normal_(this.weight);
    const row = this.paddingIdx;
    if (row !== null) torch.noGrad(() => torch.scoped(() => this.weight.select(0, row).fill_(0)));
  }

  /** integers (B, N), or (N) with `offsets` (B); `perSampleWeights` of the input's shape scale the rows, in mode `'sum'`. */
  forward(input: Tensor, options?: EmbeddingBagInputs): Tensor;
  forward(input: Tensor, offsets: Tensor | null, perSampleWeights?: Tensor | null): Tensor;
  forward(input: Tensor, second?: EmbeddingBagInputs | Tensor | null, third?: Tensor | null): Tensor {
    const byPosition = second === null || second instanceof torch.Tensor;
    const given = byPosition ? { offsets: second, perSampleWeights: third } : second;
    const inputs = resolveOptions<Required<EmbeddingBagInputs>>(
      'EmbeddingBag.forward',
      { offsets: null, perSampleWeights: null },
      given,
    );
    const { maxNorm, normType, scaleGradByFreq, sparse, mode, includeLastOffset, paddingIdx } = this;
    return embeddingBag(input, this.weight, {
      maxNorm,
      normType,
      scaleGradByFreq,
      sparse,
      mode,
      includeLastOffset,
      paddingIdx,
      ...inputs,
    });
  }

  override extraRepr(): string {
    let text = `${this.numEmbeddings}, ${this.embeddingDim}`;
    if (this.maxNorm !== null) text += `, max_norm=${repr.float(this.maxNorm)}`;
    if (this.normType !== 2) text += `, norm_type=${repr.float(this.normType)}`;
    if (this.scaleGradByFreq) text += `, scale_grad_by_freq=True`;
    text += `, mode='${this.mode}'`;
    return this.paddingIdx === null ? text : `${text}, padding_idx=${this.paddingIdx}`;
  }
}
