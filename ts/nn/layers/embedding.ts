import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { embedding } from '../functional';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireSizes, type FactoryOptions, bindOptions, type Arguments } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';

export interface EmbeddingOptions extends FactoryOptions {
  /** Row that starts at zero and gets no gradient; counted from the end when negative. @default null */
  readonly paddingIdx?: number | null;
  /** Longest row allowed: longer ones are shortened, in place, when they are looked up. @default null */
  readonly maxNorm?: number | null;
  /** Order of the norm that `maxNorm` bounds. @default 2 */
  readonly normType?: number;
  /** Divide the gradient of a row by how often the batch uses it. @default false */
  readonly scaleGradByFreq?: boolean;
  /** Make the gradient of the table a sparse tensor, which `SGD`, `SparseAdam` and `Adagrad` take. @default false */
  readonly sparse?: boolean;
}

const defaults: Required<EmbeddingOptions> = {
  paddingIdx: null,
  maxNorm: null,
  normType: 2,
  scaleGradByFreq: false,
  sparse: false,
  ...factoryDefaults,
};

/** Rows of a trained table by their number: integers (*) -> (*, embeddingDim). */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  /** (numEmbeddings, embeddingDim) */
  declare weight: Parameter;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  readonly sparse: boolean;

  constructor(...args: Arguments<[numEmbeddings: number, embeddingDim: number], EmbeddingOptions, 'Embedding'>) {
    super();
    const { numEmbeddings, embeddingDim, paddingIdx, maxNorm, normType, scaleGradByFreq, sparse, ...factory } =
      bindOptions('Embedding', defaults, args);
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    requireSizes('Embedding', { numEmbeddings, embeddingDim });
    if (paddingIdx !== null && !(paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings)) {
      throw new InputError(`Embedding: paddingIdx must be a row of the table of ${numEmbeddings}, got ${paddingIdx}.`);
    }
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scaleGradByFreq;
    this.sparse = sparse;
    this.weight = new Parameter(torch.empty([numEmbeddings, embeddingDim], factory));
    this.resetParameters();
  }

  /** Draws the rows anew from the standard normal distribution; row `paddingIdx` becomes 0. */
  resetParameters(): void {
    init.normal_(this.weight);
    const row = this.paddingIdx;
    if (row !== null) torch.noGrad(() => torch.scoped(() => this.weight.select(0, row).fill_(0)));
  }

  forward(input: Tensor): Tensor {
    const { paddingIdx, maxNorm, normType, scaleGradByFreq, sparse } = this;
    return embedding(input, this.weight, { paddingIdx, maxNorm, normType, scaleGradByFreq, sparse });
  }

  override extraRepr(): string {
    let text = `${this.numEmbeddings}, ${this.embeddingDim}`;
    if (this.paddingIdx !== null) text += `, padding_idx=${this.paddingIdx}`;
    if (this.maxNorm !== null) text += `, max_norm=${repr.float(this.maxNorm)}`;
    if (this.normType !== 2) text += `, norm_type=${repr.float(this.normType)}`;
    if (this.scaleGradByFreq) text += ', scale_grad_by_freq=True';
    return this.sparse ? `${text}, sparse=True` : text;
  }
}
