/**
 * Products, convolutions and attention in bfloat16, as torch.autocast('cpu') has them: their weights are rounded and packed once, what
 * comes in is rounded before them. Operators that only move elements or choose among them go on in bfloat16, sums and products follow
 * PyTorch's promotion of types, and all else (normalisations, softmax outside of attention) is computed in float32. The results of the
 * graph keep their types.
 */
import { makeNode, Node, Value, type Argument, type Graph } from '../graph';
import { Facts } from './constants';

/** Computed in bfloat16. */
const PRODUCTS: ReadonlySet<string> = new Set([
  'mkldnn::_linear_pointwise',
  'mkldnn::_linear_pointwise.binary',
  'mkldnn::_convolution_pointwise',
  'mkldnn::_convolution_pointwise.binary',
  'aten::linear',
  'aten::conv2d',
  'aten::matmul',
  'aten::mm',
  'aten::bmm',
  'aten::scaled_dot_product_attention',
]);

const PACKING: ReadonlySet<string> = new Set(['mkldnn::_reorder_linear_weight', 'mkldnn::_reorder_convolution_weight']);

/** Whatever type their one tensor has, their results have. */
const FOLLOWING: ReadonlySet<string> = new Set([
  'aten::alias',
  'aten::chunk',
  'aten::clone',
  'aten::contiguous',
  'aten::expand',
  'aten::flatten.using_ints',
  'aten::gelu',
  'aten::max_pool2d',
  'aten::movedim.int',
  'aten::narrow',
  'aten::permute',
  'aten::relu',
  'aten::reshape',
  'aten::select.int',
  'aten::slice.Tensor',
  'aten::split.Tensor',
  'aten::split_with_sizes',
  'aten::squeeze.dim',
  'aten::transpose.int',
  'aten::unbind.int',
  'aten::unflatten.int',
  'aten::unsqueeze',
  'aten::view',
]);

/** Of several tensors the wider type decides, which the operators see to by themselves. */
const PROMOTING: ReadonlySet<string> = new Set(['aten::add.Tensor', 'aten::mul.Tensor', 'aten::sub.Tensor']);

/** Read numbers of either type. */
const QUANTIZING: ReadonlySet<string> = new Set([
  'torchts::quantize_per_tensor',
  'torchts::quantize_per_tensor_dynamic',
]);

const ATTENTION: ReadonlySet<string> = new Set(['aten::scaled_dot_product_attention']);

export function toBfloat16(graph: Graph): void {
  new Lowering(graph, PRODUCTS).run();
}

/**
 * Attention in bfloat16 between products in int8, which are far coarser. Products give bfloat16, half the bytes, where only attention
 * and further products read it.
 */
export function attendInBfloat16(graph: Graph): void {
  new Lowering(graph, ATTENTION).run();
}

class Lowering {
  readonly #facts: Facts;
  /** By a value of float32: that which is computed in its place, in bfloat16. */
  readonly #halves = new Map<Value, Value>();
  /** Values that were rounded. */
  readonly #rounded = new Map<Value, Value>();
  /** Values of #halves that were widened again, for the nodes that need float32. */
  readonly #widened = new Set<Value>();
  readonly #readers: ReadonlyMap<Value, readonly Node[]>;
  #nodes: Node[] = [];
  readonly #graph: Graph;
  readonly #products: ReadonlySet<string>;

  constructor(graph: Graph, products: ReadonlySet<string>) {
    this.#graph = graph;
    this.#products = products;
    this.#facts = new Facts(graph);
    this.#readers = graph.readers();
  }

  run(): void {
    for (const node of this.#graph.nodes) this.#lower(node);
    for (const output of this.#graph.outputs) this.#wide(output, '');
    this.#graph.nodes = this.#nodes;
  }

  #lower(node: Node): void {
    const isFree = this.#facts.isFree(node);
    if (isFree && this.#products === PRODUCTS && PACKING.has(node.name)) return this.#compute(node);
    // What depends on constants alone is computed once, with all digits.
    if (node.results.every((value) => value && this.#facts.isConstant(value))) return this.#keep(node);
    if (isFree && this.#products.has(node.name)) return this.#product(node);
    if (node.name === 'onednn::qlinear_pointwise.tensor' && this.#isReadInHalf(node.result))
      return this.#giveHalf(node);
    if (QUANTIZING.has(node.name)) return this.#keep(node, (value) => this.#halves.get(value) ?? value);
    const halves = node.values.filter((value) => this.#halves.has(value));
    if (isFree && halves.length > 0) {
      if (FOLLOWING.has(node.name)) return this.#compute(node);
      if (PROMOTING.has(node.name) && halves.length === node.values.length) return this.#compute(node);
      // A tensor of one number without a dimension does not count in the promotion.
      const promotes = PROMOTING.has(node.name) && node.values.every(({ shape }) => shape.length > 0);
      if (promotes) return this.#keep(node, (value) => this.#halves.get(value) ?? value);
    }
    this.#keep(node, (value) => this.#wide(value, node.module));
  }

  /** Whether all that reads a value, behind views of it, takes bfloat16. */
  #isReadInHalf(value: Value): boolean {
    const readers = this.#readers.get(value) ?? [];
    return (
      readers.length > 0 &&
      !this.#graph.outputs.includes(value) &&
      readers.every(
        (node) =>
          this.#facts.isFree(node) &&
          (this.#products.has(node.name) ||
            QUANTIZING.has(node.name) ||
            (FOLLOWING.has(node.name) && node.results.every((result) => result && this.#isReadInHalf(result)))),
      )
    );
  }

  /** A product of integers that gives bfloat16. */
  #giveHalf(node: Node): void {
    const output = node.operator.schema.parameters.findIndex(({ name }) => name === 'output_dtype');
    const args = node.args.map((arg, i) => (i === output ? 'bfloat16' : arg));
    this.#nodes.push(new Node(node.operator, args, [this.#halfOf(node.result)], node.module));
  }

  #product(node: Node): void {
    const other = node.arg('other') as Value | undefined;
    // A residual that has all digits keeps them: the sum is one of float32, as under autocast.
    if (node.name === 'mkldnn::_linear_pointwise.binary' && !this.#halves.has(other!))
      return this.#thenAdd(node, other!);
    this.#compute(node);
  }

  /** x W + r, the product in bfloat16 and the sum in float32. */
  #thenAdd(node: Node, residual: Value): void {
    const graph = this.#graph;
    const product = graph.value('float32', node.result.shape);
    const args = [node.arg('X')!, node.arg('W')!, node.arg('B')!, 'none', [], ''];
    this.#compute(makeNode('mkldnn::_linear_pointwise', args, [product], node.module));
    const sum = [this.#wide(residual, node.module), this.#halves.get(product)!, 1];
    this.#nodes.push(makeNode('aten::add.Tensor', sum, [node.result], node.module));
  }

  /** The node in bfloat16: its numbers of float32 are rounded before it. */
  #compute(node: Node): void {
    const args = node.args.map((arg) => mapValues(arg, (value) => this.#half(value, node.module)));
    const results = node.results.map((value) => value && this.#halfOf(value));
    this.#nodes.push(new Node(node.operator, args, results, node.module, node.guard));
  }

  /** The node as it is, with other values to read. */
  #keep(node: Node, read: (value: Value) => Value = (value) => value): void {
    node.args = node.args.map((arg) => mapValues(arg, read));
    this.#nodes.push(node);
  }

  #halfOf(value: Value): Value {
    if (value.dtype !== 'float32') return value;
    const half = this.#graph.value('bfloat16', value.shape, value.strides, value.storage);
    this.#halves.set(value, half);
    return half;
  }

  #half(value: Value, module: string): Value {
    const known = this.#halves.get(value) ?? this.#rounded.get(value);
    if (known || value.dtype !== 'float32') return known ?? value;
    const half = this.#graph.value('bfloat16', value.shape);
    this.#rounded.set(value, half);
    this.#nodes.push(makeNode('aten::to.dtype', [value, 'bfloat16', false, false, null], [half], module));
    return half;
  }

  #wide(value: Value, module: string): Value {
    const half = this.#halves.get(value);
    if (half && !this.#widened.has(value)) {
      this.#widened.add(value);
      this.#nodes.push(makeNode('aten::to.dtype', [half, 'float32', false, false, null], [value], module));
    }
    return value;
  }
}

function mapValues(arg: Argument, map: (value: Value) => Value): Argument {
  if (arg instanceof Value) return map(arg);
  return Array.isArray(arg) ? (arg as Argument[]).map((item) => mapValues(item, map)) : arg;
}
