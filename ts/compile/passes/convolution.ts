/** Convolutions with packed weights and channels last, and what follows computed with them: oneDNN's kernels. */
import { makeNode, type Argument, type Graph, type Node, type Value } from '../graph';
import { activationOf, activationOfSum, addedTo, followersOf, NO_ACTIVATION, type Followers } from './epilogue';

/** A convolution of constant weights. */
interface Convolution {
  readonly node: Node;
  readonly input: Value;
  readonly weight: Value;
  readonly bias: Value | null;
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

function convolution(node: Node, { facts }: Followers): Convolution | null {
  if (node.name !== 'aten::conv2d' || !facts.isFree(node)) return null;
  const [input, weight, bias] = [node.arg('input'), node.arg('weight'), node.arg('bias')] as [
    Value,
    Value,
    Value | null,
  ];
  if (!facts.isConstant(weight) || !facts.isOptionalConstant(bias) || facts.isConstant(input)) return null;
  const isFloat = [input, weight, bias].every((value) => value === null || value.dtype === 'float32');
  if (!isFloat || input.shape.length !== 4 || [...input.shape, ...node.result.shape].includes(0)) return null;
  const pair = (name: string): readonly number[] => node.arg(name) as readonly number[];
  const groups = node.arg('groups') as number;
  return {
    node,
    input,
    weight,
    bias,
    stride: pair('stride'),
    padding: pair('padding'),
    dilation: pair('dilation'),
    groups,
  };
}

/** A convolution that cuts its input into patches without overlap is a product of the patches with the weights. */
export function patchesToLinear(graph: Graph): void {
  const followers = followersOf(graph);
  for (const node of [...graph.nodes]) {
    const found = convolution(node, followers);
    if (found && cutsPatches(found)) replaceByProduct(graph, found);
  }
}

function cutsPatches({ input, weight, stride, padding, dilation, groups }: Convolution): boolean {
  const kernel = weight.shape.slice(2);
  const size = input.shape.slice(2);
  return (
    kernel.some((length) => length > 1) &&
    kernel.join() === stride.join() &&
    padding.every((pad) => pad === 0) &&
    dilation.every((distance) => distance === 1) &&
    groups === 1 &&
    size.every((length, i) => length % kernel[i]! === 0)
  );
}

/** (B, C, H, W) -> (B, h, p, w, q of C) -> (B, h, w, D) -> (B, D, h, w) */
function replaceByProduct(graph: Graph, { node, input, weight, bias }: Convolution): void {
  const [batch, channels] = input.shape as [number, number, number, number];
  const [width, , p, q] = weight.shape as [number, number, number, number];
  const [, , h, w] = node.result.shape as [number, number, number, number];
  const made: Node[] = [];
  const add = (
    name: string,
    args: Argument[],
    shape: readonly number[],
    result = graph.value('float32', shape),
  ): Value => {
    made.push(makeNode(name, args, [result], node.module));
    return result;
  };
  const cut = add('aten::reshape', [input, [batch, channels, h, p, w, q]], [batch, channels, h, p, w, q]);
  const ordered = add('aten::permute', [cut, [0, 2, 4, 1, 3, 5]], [batch, h, w, channels, p, q]);
  const rows = add('aten::reshape', [ordered, [batch, h * w, channels * p * q]], [batch, h * w, channels * p * q]);
  const matrix = add('aten::reshape', [weight, [width, channels * p * q]], [width, channels * p * q]);
  const product = add('aten::linear', [rows, matrix, bias], [batch, h * w, width]);
  const turned = add('aten::transpose.int', [product, 1, 2], [batch, width, h * w]);
  add('aten::reshape', [turned, [batch, width, h, w]], [], node.result);
  graph.nodes.splice(graph.nodes.indexOf(node), 1, ...made);
}

/** Packs the weights of convolutions, and computes the sum and the activation behind one with it, channels last. */
export function fuseConvolution(graph: Graph): void {
  for (const node of graph.nodes.filter(({ name }) => name === 'aten::conv2d')) {
    const followers = followersOf(graph); // anew, for the last one may have taken what follows this one
    const found = convolution(node, followers);
    if (found) fuse(graph, found, followers);
  }
}

function fuse(
  graph: Graph,
  { node, input, weight, bias, ...geometry }: Convolution,
  { facts, reader }: Followers,
): void {
  const free = (value: Value): Node | undefined => {
    const next = reader(value);
    return next && facts.isFree(next) ? next : undefined;
  };
  const sum = free(node.result);
  const residual = addedTo(sum, node.result);
  const before = residual ? sum! : node;
  const next = free(before.result);
  const activation = next ? (residual ? activationOfSum : activationOf)(next) : null;
  const last = activation ? next! : before;
  const { padding, stride, dilation, groups } = geometry;
  const operands = [padding, stride, dilation, groups] as const;
  const made: Node[] = [];
  const add = (name: string, args: Argument[], result: Value): Value => {
    made.push(makeNode(name, args, [result], node.module));
    return result;
  };
  const lastChannels = (value: Value): Value =>
    add('aten::contiguous', [value, 'channels_last'], graph.value('float32', value.shape, [], value.storage));
  const packed = add(
    'mkldnn::_reorder_convolution_weight',
    [lastChannels(weight), ...operands, input.shape],
    graph.value('float32', weight.shape),
  );
  const { attr, algorithm } = activation ?? NO_ACTIVATION;
  const source = lastChannels(input);
  if (residual) {
    const args = [
      source,
      lastChannels(residual),
      packed,
      bias,
      ...operands,
      'add',
      1,
      activation ? attr : null,
      [],
      algorithm,
    ];
    add('mkldnn::_convolution_pointwise.binary', args, last.result);
  } else add('mkldnn::_convolution_pointwise', [source, packed, bias, ...operands, attr, [], algorithm], last.result);
  graph.nodes.splice(graph.nodes.indexOf(last), 1, ...made);
  graph.nodes = graph.nodes.filter((other) => other !== node && (other !== before || other === last) && other !== last);
}

/** Convolutions give channels last, which a `view` may not be able to read: `reshape` then copies. */
export function viewsToReshapes(graph: Graph): void {
  const { facts } = followersOf(graph);
  graph.nodes = graph.nodes.map((node) =>
    (node.name === 'aten::view' || node.name === 'aten::_unsafe_view') &&
    facts.isFree(node) &&
    !facts.isConstant(node.result)
      ? makeNode('aten::reshape', [...node.args], [node.result], node.module)
      : node,
  );
}
