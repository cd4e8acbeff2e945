import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { factoryDefaults, requireProbability, requireSizes, type FactoryOptions } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';
import { isPackedSequence, type PackedSequence } from '../utils/rnn';

export interface RNNBaseOptions extends FactoryOptions {
  /** Layers, each over the outputs of the one before. @default 1 */
  readonly numLayers?: number;
  /** Add trained vectors in all gates. @default true */
  readonly bias?: boolean;
  /** Input and output are (B, T, *); without, (T, B, *). The states are (…, B, H) in both. @default false */
  readonly batchFirst?: boolean;
  /** Probability of an output of a layer but the last to become zero while training. @default 0 */
  readonly dropout?: number;
  /** Run a second set of weights from the end to the start. @default false */
  readonly bidirectional?: boolean;
}

/** Widths of a recurrent layer. */
export interface RNNSizes {
  readonly inputSize: number;
  readonly hiddenSize: number;
}

export const rnnDefaults: Required<RNNBaseOptions> = {
  numLayers: 1,
  bias: true,
  batchFirst: false,
  dropout: 0,
  bidirectional: false,
  ...factoryDefaults,
};

/** What a layer's kernel is called with: all steps, and for packed sequences the size of the batch at each. */
export interface Steps {
  readonly input: Tensor;
  readonly batchSizes: Tensor | null;
  readonly batchFirst: boolean;
  /** The states to start from, each (layers · directions, B, size). */
  readonly states: readonly Tensor[];
}

/**
 * What RNN, LSTM and GRU share. Weights of layer k: `weight_ih_l{k}` (gates · H, input), `weight_hh_l{k}` (gates · H, H),
 * `bias_ih_l{k}` and `bias_hh_l{k}` (gates · H), and with `_reverse` behind for the other direction.
 */
export abstract class RNNBase extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** Keys of the weights of each layer and direction. */
  protected readonly weightKeys: readonly (readonly string[])[];

  protected constructor(
    options: Required<RNNBaseOptions> & RNNSizes,
    gates: number,
    readonly projSize = 0,
  ) {
    super();
    const { inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype } = options;
    requireSizes(new.target.name, { inputSize, hiddenSize, numLayers }, 1);
    requireSizes(new.target.name, { projSize });
    requireProbability(new.target.name, dropout);
    if (projSize >= hiddenSize)
      throw new InputError(
        `${new.target.name}: projSize must be smaller than hiddenSize, got ${projSize} and ${hiddenSize}.`,
      );
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    const directions = bidirectional ? ['', '_reverse'] : [''];
    this.weightKeys = Array.from({ length: numLayers }, (_, layer) => {
      const shapes = Object.entries(weightShapes(this, layer, gates));
      return directions.map((direction) =>
        shapes.map(([name, shape]) => {
          const key = `${name}_l${layer}${direction}`;
          this.registerParameter(key, new Parameter(torch.empty(shape, { device, dtype })));
          return key;
        }),
      );
    }).flat();
    this.resetParameters();
  }

  /** Draws all weights and biases anew, uniformly within `1 / sqrt(hiddenSize)`. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const weight of this.parameters()) init.uniform_(weight, -bound, bound);
  }

  /** The weights of each layer and direction. */
  get allWeights(): Tensor[][] {
    return this.weightKeys.map((keys) => keys.map((key) => Reflect.get(this, key) as Tensor));
  }

  /** Widths of the states. */
  protected get stateSizes(): readonly number[] {
    return [this.hiddenSize];
  }

  /** Runs all layers: the outputs of the last one, and the states after the last step. */
  protected abstract kernel(steps: Steps, weights: Tensor[]): [output: Tensor, ...states: Tensor[]];

  /** The outputs in the form of the input, and the states in the order of the batch. */
  protected run<Input extends Tensor | PackedSequence>(
    input: Input,
    given: readonly Tensor[] | null,
  ): [Input, Tensor[]];
  protected run(input: Tensor | PackedSequence, given: readonly Tensor[] | null): [Tensor | PackedSequence, Tensor[]] {
    if (isPackedSequence(input)) return this.runPacked(input, given);
    if (input.ndim === 3) return this.runBatch(input, given);
    const batchDim = this.batchFirst ? 0 : 1;
    requireInput(this, input, 2);
    const states = given && given.map((state) => state.unsqueeze(1)); // (layers, H) -> (layers, 1, H)
    const [output, after] = this.runBatch(input.unsqueeze(batchDim), states); // (T, input) -> (T, 1, input)
    return [output.squeeze(batchDim), after.map((state) => state.squeeze(1))]; // (T, 1, H) -> (T, H)
  }

  protected runBatch(input: Tensor, given: readonly Tensor[] | null): [Tensor, Tensor[]] {
    requireInput(this, input, 3);
    const states = this.statesFor(input, given, input.shape[this.batchFirst ? 0 : 1] as number);
    const [output, ...after] = this.kernel(
      { input, batchSizes: null, batchFirst: this.batchFirst, states },
      this.allWeights.flat(),
    );
    return [output, after];
  }

  protected runPacked(packed: PackedSequence, given: readonly Tensor[] | null): [PackedSequence, Tensor[]] {
    const { data: input, batchSizes, sortedIndices, unsortedIndices } = packed;
    requireInput(this, input, 2);
    const batch = Number(batchSizes.select(0, 0).item());
    const states = this.statesFor(input, given, batch).map((state) => permuted(state, given && sortedIndices));
    const [data, ...after] = this.kernel({ input, batchSizes, batchFirst: false, states }, this.allWeights.flat());
    return [{ ...packed, data }, after.map((state) => permuted(state, unsortedIndices))];
  }

  /** The given states, or zeros: each (layers · directions, B, size). */
  protected statesFor(input: Tensor, given: readonly Tensor[] | null, batch: number): readonly Tensor[] {
    const layers = this.numLayers * (this.bidirectional ? 2 : 1);
    const shapes = this.stateSizes.map((size) => [layers, batch, size]);
    if (given === null) return shapes.map((shape) => torch.zeros(shape, { dtype: input.dtype, device: input.device }));
    if (given.length !== shapes.length)
      throw new InputError(
        `${this.constructor.name} takes ${shapes.length} states to start from, got ${given.length}.`,
      );
    for (const [i, { shape }] of given.entries()) {
      if (shape.join() !== shapes[i]!.join())
        throw new ShapeError(
          `${this.constructor.name}: a state must be [${shapes[i]!.join(', ')}], got [${shape.join(', ')}].`,
        );
    }
    return given;
  }

  override extraRepr(): string {
    let text = `${this.inputSize}, ${this.hiddenSize}`;
    if (this.projSize !== 0) text += `, proj_size=${this.projSize}`;
    if (this.numLayers !== 1) text += `, num_layers=${this.numLayers}`;
    if (!this.bias) text += ', bias=False';
    if (this.batchFirst) text += ', batch_first=True';
    if (this.dropout !== 0) text += `, dropout=${repr.float(this.dropout)}`;
    return this.bidirectional ? `${text}, bidirectional=True` : text;
  }
}

/** Shapes of the weights of one direction of a layer. */
function weightShapes(rnn: RNNBase, layer: number, gates: number): Record<string, number[]> {
  const { inputSize, hiddenSize, projSize } = rnn;
  const output = projSize || hiddenSize;
  return {
    weight_ih: [gates * hiddenSize, layer === 0 ? inputSize : output * (rnn.bidirectional ? 2 : 1)],
    weight_hh: [gates * hiddenSize, output],
    ...(rnn.bias && { bias_ih: [gates * hiddenSize], bias_hh: [gates * hiddenSize] }),
    ...(projSize > 0 && { weight_hr: [projSize, hiddenSize] }),
  };
}

function requireInput(rnn: RNNBase, { ndim, shape }: Tensor, dimensions: number): void {
  if (ndim === dimensions && shape.at(-1) === rnn.inputSize) return;
  throw new ShapeError(
    `${rnn.constructor.name} expects ${dimensions} dimensions, the last of ${rnn.inputSize}, got [${shape.join(', ')}].`,
  );
}

function permuted(state: Tensor, order: Tensor | null): Tensor {
  return order === null ? state : state.indexSelect(1, order); // (layers, B, H)
}
