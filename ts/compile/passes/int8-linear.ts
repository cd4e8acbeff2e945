/**
 * Linear layers in 8-bit integers. Weights are quantized symmetrically for each output feature, once; what comes in, asymmetrically for
 * the whole tensor, at each run (dynamic quantization, as torch.ao.quantization.quantize_dynamic does it). Products are summed in 32-bit
 * integers, and bias, activation and residual are added in float32.
 */
import { makeNode, type Argument, type Graph, type Node, type Value } from '../graph';
import { float, productsOf, replaceNode, type Product } from './products';

/** What all weights are divided by at least: those of a feature may all be 0. As in PyTorch's observers. */
const SMALLEST_SCALE = 1.1920928955078125e-7;

/** Layers below this width stay as they are: they cost little, and as the heads of models they need the digits. */
const MIN_FEATURES = 64;

// "tanh" is there, too, but wrong in libtorch 2.13: it saturates at -1 where the product is large and positive.
const ACTIVATIONS: ReadonlySet<string> = new Set(['none', 'relu', 'gelu', 'swish', 'hardswish']);

export interface Int8Options {
  /** Activations have 7 bits: the processor's products of 8 bits saturate (processor.ts). */
  readonly reduceRange: boolean;
}

export function quantizeLinear(graph: Graph, options: Int8Options): void {
  for (const product of productsOf(graph)) {
    if (product.kind !== 'linear' || product.weight.shape.some((width) => width < MIN_FEATURES)) continue;
    if (ACTIVATIONS.has(product.activation.attr)) replaceNode(graph, product.node, quantized(graph, product, options));
  }
}

function quantized(graph: Graph, product: Product, { reduceRange }: Int8Options): Node[] {
  const { node, input, bias, residual, activation } = product;
  const made: Node[] = [];
  const { packed, scale, zeros } = quantizedWeight(graph, product, made);
  const [q, inputScale, inputZero] = [
    graph.value('uint8', input.shape),
    graph.value('float32', []),
    graph.value('int32', []),
  ];
  made.push(
    makeNode('torchts::quantize_per_tensor_dynamic', [input, reduceRange], [q, inputScale, inputZero], node.module),
  );
  const factors: Argument[] = [q, inputScale, inputZero, packed, scale, zeros];
  const output: Argument[] = [float(1), 0, 'float32'];
  const args = residual
    ? [...factors, residual, bias, ...output, float(1), 0, 'add', float(1), 'none', [], '']
    : [...factors, bias, ...output, activation.attr, [], activation.algorithm];
  const name = residual ? 'onednn::qlinear_pointwise.binary_tensor' : 'onednn::qlinear_pointwise.tensor';
  made.push(makeNode(name, args, [node.result], node.module));
  return made;
}

export interface QuantizedWeight {
  /** int8, of the shape of the weight. */
  readonly integers: Value;
  /** (out), one for each output feature or channel. */
  readonly scale: Value;
  /** (out), int32: weights are symmetric. */
  readonly zeros: Value;
}

function quantizedWeight(graph: Graph, product: Product, made: Node[]): QuantizedWeight & { readonly packed: Value } {
  const weight = quantizeWeight(graph, product, made);
  const packed = graph.value('int8', product.weight.shape);
  made.push(makeNode('onednn::qlinear_prepack', [weight.integers, null], [packed], product.node.module));
  return { ...weight, packed };
}

/** w / scale, rounded, with scale = max |w| / 127 over each output feature or channel; all of it computed once. */
export function quantizeWeight(graph: Graph, { weight, node }: Product, made: Node[]): QuantizedWeight {
  const features = weight.shape[0]!;
  const add = (name: string, args: Argument[], shape: readonly number[], dtype: Value['dtype'] = 'float32'): Value => {
    const result = graph.value(dtype, shape);
    made.push(makeNode(name, args, [result], node.module));
    return result;
  };
  const column = [features, ...weight.shape.slice(1).map(() => 1)];
  const dimensions = weight.shape.slice(1).map((_, i) => i + 1);
  const largest = add('aten::amax', [add('aten::abs', [weight], weight.shape), dimensions, true], column);
  const scale = add('aten::clamp_min', [add('aten::div.Scalar', [largest, 127], column), SMALLEST_SCALE], column);
  const rounded = add('aten::round', [add('aten::div.Tensor', [weight, scale], weight.shape)], weight.shape);
  return {
    integers: add('aten::to.dtype', [rounded, 'int8', false, false, null], weight.shape, 'int8'),
    scale: add('aten::reshape', [scale, [features]], [features]),
    zeros: add('aten::zeros', [[features], 'int32', null, 'cpu', null], [features], 'int32'),
  };
}
