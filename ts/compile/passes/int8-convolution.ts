/**
 * Convolutions in 8-bit integers, by ranges of the activations that calibration has found (static quantization): asymmetric for the
 * whole tensor; weights symmetric for each output channel. From one convolution to the next the activations stay integers wherever
 * nothing else reads them; a residual too, where it has no negative numbers, for oneDNN sums integers of zero point 0 only.
 */
import { makeNode, type Argument, type Graph, type Node, type Value } from '../graph';
import { quantizeWeight, type Int8Options } from './int8-linear';
import { float, productsOf, replaceNode, type Product } from './products';

/** The least and the greatest number that were seen. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Of a convolution, with what is computed along with it. */
export interface ConvolutionRanges {
  readonly input: Range;
  readonly residual: Range | null;
  readonly result: Range;
}

/** By the key of a convolution, see {@link keysOf}. */
export type Ranges = ReadonlyMap<string, ConvolutionRanges>;

const ACTIVATIONS: ReadonlySet<string> = new Set(['none', 'relu']);

/** The convolutions of a graph by keys that graphs of other shapes have too: the module and how many it has called before. */
export function keysOf(graph: Graph): ReadonlyMap<Product, string> {
  const counts = new Map<string, number>();
  const keys = new Map<Product, string>();
  for (const product of productsOf(graph)) {
    if (product.kind !== 'convolution' || !ACTIVATIONS.has(product.activation.attr)) continue;
    const { module } = product.node;
    const count = counts.get(module) ?? 0;
    counts.set(module, count + 1);
    keys.set(product, `${module}#${count}`);
  }
  return keys;
}

export interface StaticOptions extends Int8Options {
  readonly ranges: Ranges;
}

/** @throws Error for a convolution without ranges */
export function quantizeConvolutions(graph: Graph, options: StaticOptions): void {
  withoutCopies(graph);
  new StaticQuantization(graph, options).run();
}

/** Convolutions give channels last: asking it of a result of theirs is asking for nothing. */
function withoutCopies(graph: Graph): void {
  const results = new Set([...keysOf(graph).keys()].map(({ node }) => node.result));
  for (const node of [...graph.nodes]) {
    if (node.name !== 'aten::contiguous' || node.arg('memory_format') !== 'channels_last') continue;
    const self = node.arg('self') as Value;
    if (!results.has(self)) continue;
    graph.nodes.splice(graph.nodes.indexOf(node), 1);
    graph.replace(node.result, self);
  }
}

/** How integers stand for real numbers: `scale * (integer - zeroPoint)`. */
export interface QParams {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Those by which the integers reach from end to end of the range, widened so that one of them stands for 0. */
export function qparamsOf({ low, high }: Range, { reduceRange }: Int8Options): QParams {
  const top = reduceRange ? 127 : 255;
  const [least, greatest] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.max((greatest - least) / top, 6.1e-5); // as PyTorch's ChooseQuantizationParams has it
  return { scale, zeroPoint: Math.min(top, Math.max(0, Math.round(-least / scale))) };
}

class StaticQuantization {
  readonly #convolutions: readonly Product[];
  readonly #qparams: ReadonlyMap<Value, QParams>;
  /** Results that are integers only. */
  readonly #bytes = new Set<Value>();
  /** By a value: the integers that stand for it. */
  readonly #integers = new Map<Value, Value>();
  #lastStorage: number;
  readonly #graph: Graph;
  readonly #options: StaticOptions;

  constructor(graph: Graph, options: StaticOptions) {
    this.#graph = graph;
    this.#options = options;
    const keys = keysOf(graph);
    this.#convolutions = [...keys.keys()];
    this.#qparams = new Map(
      [...rangesOfValues(keys, options.ranges)].map(([value, range]) => [value, qparamsOf(range, options)]),
    );
    const storages = graph.nodes.flatMap(({ results }) => results.map((value) => value?.storage ?? 0));
    this.#lastStorage = Math.max(0, ...storages);
  }

  run(): void {
    this.#findBytes();
    for (const convolution of this.#convolutions)
      replaceNode(this.#graph, convolution.node, this.#quantized(convolution));
  }

  /** From the last convolution to the first: whether all that reads a result takes integers. */
  #findBytes(): void {
    const readers = this.#graph.readers();
    const byNode = new Map(this.#convolutions.map((convolution) => [convolution.node, convolution]));
    for (const { node, residual } of this.#convolutions.toReversed()) {
      const { result } = node;
      const reading = readers.get(result) ?? [];
      const takesBytes = reading.every((reader) => {
        const convolution = byNode.get(reader);
        return convolution && (convolution.residual !== result || this.#bytes.has(reader.result));
      });
      const isSummed =
        !residual || (this.#qparams.get(residual)!.zeroPoint === 0 && this.#qparams.get(result)!.zeroPoint === 0);
      if (reading.length > 0 && takesBytes && isSummed && !this.#graph.outputs.includes(result))
        this.#bytes.add(result);
    }
  }

  #quantized(convolution: Product): Node[] {
    const { node, input, bias, residual, activation, geometry } = convolution;
    const made: Node[] = [];
    const q = this.#integersOf(input, node, made);
    const { stride, padding, dilation, groups } = geometry!;
    const shape: Argument[] = [stride, padding, dilation, groups];
    const { integers, scale, zeros } = quantizeWeight(this.#graph, convolution, made);
    const packed = this.#graph.value('int8', convolution.weight.shape);
    const inputParams = this.#qparamArguments(input);
    made.push(
      makeNode(
        'onednn::qconv_prepack',
        [integers, scale, ...inputParams, ...shape, input.shape],
        [packed],
        node.module,
      ),
    );
    const isBytes = this.#bytes.has(node.result);
    const result = isBytes ? this.#newIntegers(node.result) : node.result;
    const output: Argument[] = isBytes ? [...this.#qparamArguments(node.result), 'uint8'] : [float(1), 0, 'float32'];
    const factors: Argument[] = [q, ...inputParams, packed, scale, zeros];
    const epilogue: Argument[] = [activation.attr, [], activation.algorithm];
    if (!residual) {
      const args = [...factors, bias, ...shape, ...output, ...epilogue];
      made.push(makeNode('onednn::qconv2d_pointwise', args, [result], node.module));
      return made;
    }
    const sum = this.#accumulator(isBytes ? this.#integersOf(residual, node, made) : residual, node, made);
    const residualParams = isBytes ? this.#qparamArguments(residual) : [float(1), 0];
    const args = [...factors, sum, bias, ...shape, ...output, ...residualParams, 'sum', float(1), ...epilogue];
    made.push(makeNode('onednn::qconv2d_pointwise.binary', args, [result], node.module));
    return made;
  }

  #qparamArguments(value: Value): Argument[] {
    const { scale, zeroPoint } = this.#qparams.get(value)!;
    return [float(scale), zeroPoint];
  }

  /** The integers of a value, as its convolution gives them or quantized here. */
  #integersOf(value: Value, { module }: Node, made: Node[]): Value {
    const known = this.#integers.get(value);
    if (known) return known;
    const integers = this.#newIntegers(value);
    const args = [value, ...this.#qparamArguments(value), this.#options.reduceRange];
    made.push(makeNode('torchts::quantize_per_tensor', args, [integers], module));
    return integers;
  }

  #newIntegers(value: Value): Value {
    const integers = this.#graph.value('uint8', value.shape);
    this.#integers.set(value, integers);
    return integers;
  }

  /** What the result is summed with and written into: a copy, which {@link reuseAccumulators} leaves out where it can. */
  #accumulator(source: Value, node: Node, made: Node[]): Value {
    const copy = this.#graph.value(source.dtype, source.shape, [], ++this.#lastStorage);
    made.push(makeNode('aten::clone', [source, 'channels_last'], [copy], node.module));
    return copy;
  }
}

/** @throws Error for a convolution without ranges */
function rangesOfValues(keys: ReadonlyMap<Product, string>, ranges: Ranges): Map<Value, Range> {
  const found = new Map<Value, Range>();
  const add = (value: Value | null, range: Range | null): void => {
    if (value && range) found.set(value, union(found.get(value) ?? range, range));
  };
  for (const [{ node, input, residual }, key] of keys) {
    const known = ranges.get(key);
    if (!known) throw new Error(`no input of the calibration went through the convolution ${key}`);
    add(input, known.input);
    add(residual, known.residual);
    add(node.result, known.result);
  }
  return found;
}

/** The range that holds both. */
export function union(a: Range, b: Range): Range {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/**
 * Sums into the residual itself where nobody reads that afterwards, in place of a copy. It has to come last, for other passes leave
 * alone what is written to.
 */
export function reuseAccumulators(graph: Graph): void {
  const lastReader = graph.lastReaders();
  const producers = graph.producers();
  for (const node of [...graph.nodes]) {
    const copy = node.name === 'onednn::qconv2d_pointwise.binary' && producers.get(node.arg('qaccum') as Value);
    if (!copy || copy.name !== 'aten::clone') continue;
    const source = copy.arg('self') as Value;
    const maker = producers.get(source)?.name ?? '';
    const isOwn = maker.startsWith('onednn::qconv2d_pointwise') || maker === 'torchts::quantize_per_tensor';
    if (!isOwn || lastReader.get(source) !== copy) continue;
    graph.nodes.splice(graph.nodes.indexOf(copy), 1);
    node.replace(copy.result, source);
  }
}
