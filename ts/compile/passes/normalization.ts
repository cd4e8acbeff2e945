/** Batch normalisation by fixed statistics, folded into the convolution before it. */
import { makeNode, numberOf, type Argument, type Graph, type Node, type Value } from '../graph';
import { Facts, isOne } from './constants';

/** What a convolution is multiplied by and what is added, channel by channel: `(C)` each. */
interface Affine {
  readonly scale: Value | null;
  readonly shift: Value | null;
}

/**
 * `conv2d` and then `batch_norm`, or a product with or sum of one number for each channel, becomes a `conv2d` with other weights. What
 * computes these depends on constants alone.
 */
export function foldNormalization(graph: Graph): void {
  for (let changed = true; changed;) {
    const facts = new Facts(graph);
    changed = graph.nodes.some((node, i) => foldAt(graph, i, node, facts));
  }
}

function foldAt(graph: Graph, index: number, node: Node, facts: Facts): boolean {
  const conv = facts.soleProducer(node.values.find((value) => !facts.isConstant(value)));
  if (conv?.name !== 'aten::conv2d' || !facts.isFree(node) || !facts.isFree(conv)) return false;
  if (conv.result.shape.length !== 4) return false; // without a batch, the channels would be another dimension
  if (!facts.isConstant(conv.arg('weight')) || !facts.isOptionalConstant(conv.arg('bias'))) return false;
  const made: Node[] = [];
  const add = (name: string, args: Argument[], like: Value): Value => {
    const result = graph.value(like.dtype, like.shape);
    made.push(makeNode(name, args, [result], node.module));
    return result;
  };
  const affine = affineOf(node, conv.result, facts, add);
  if (!affine) return false;
  const [weight, bias] = foldedWeights(conv, affine, add, graph, made);
  const args = [...conv.args];
  const { parameters } = conv.operator.schema;
  args[parameters.findIndex(({ name }) => name === 'weight')] = weight;
  args[parameters.findIndex(({ name }) => name === 'bias')] = bias;
  const result = graph.value(node.result.dtype, node.result.shape);
  graph.replace(node.result, result);
  graph.nodes.splice(index, 1, ...made, makeNode(conv.name, args, [result], conv.module));
  graph.nodes.splice(graph.nodes.indexOf(conv), 1);
  return true;
}

type Add = (name: string, args: Argument[], like: Value) => Value;

/** Weight and bias of a convolution that also does what is behind it. */
function foldedWeights(
  conv: Node,
  { scale, shift }: Affine,
  add: Add,
  graph: Graph,
  made: Node[],
): [Value, Value | null] {
  let weight = conv.arg('weight') as Value;
  let bias = conv.arg('bias') as Value | null;
  if (scale) {
    const column = graph.value(scale.dtype, [scale.shape[0]!, 1, 1, 1]);
    made.push(makeNode('aten::reshape', [scale, [-1, 1, 1, 1]], [column], conv.module));
    weight = add('aten::mul.Tensor', [weight, column], weight);
    if (bias) bias = add('aten::mul.Tensor', [bias, scale], bias);
  }
  if (shift) bias = bias ? add('aten::add.Tensor', [bias, shift, 1], bias) : shift;
  return [weight, bias];
}

/** What `node` does to the channels of `input`; null for anything else. */
function affineOf(node: Node, input: Value, facts: Facts, add: Add): Affine | null {
  switch (node.name) {
    case 'aten::batch_norm':
      return batchNormalization(node, input, facts, add);
    case 'aten::mul.Tensor':
      return perChannel(node, input, facts, add, (scale) => ({ scale, shift: null }));
    case 'aten::add.Tensor':
      return isOne(node.arg('alpha')) ? perChannel(node, input, facts, add, (shift) => ({ scale: null, shift })) : null;
    default:
      return null;
  }
}

function batchNormalization(node: Node, input: Value, facts: Facts, add: Add): Affine | null {
  const [weight, bias] = [node.arg('weight'), node.arg('bias')] as [Value | null, Value | null];
  const [mean, variance] = [node.arg('running_mean'), node.arg('running_var')] as [Value, Value];
  if (
    node.arg('input') !== input ||
    node.arg('training') !== false ||
    !facts.isConstant(mean) ||
    !facts.isConstant(variance)
  )
    return null;
  if (!facts.isOptionalConstant(weight) || !facts.isOptionalConstant(bias)) return null;
  const eps = { float: numberOf(node.arg('eps'))! };
  const inverse = add('aten::rsqrt', [add('aten::add.Scalar', [variance, eps, 1], variance)], variance);
  const scale = weight ? add('aten::mul.Tensor', [weight, inverse], inverse) : inverse;
  const centre = add('aten::neg', [add('aten::mul.Tensor', [mean, scale], mean)], mean);
  return { scale, shift: bias ? add('aten::add.Tensor', [centre, bias, 1], bias) : centre };
}

/** The other operand, where it is a constant of one number for each channel: (C, 1, 1) or (1, C, 1, 1). */
function perChannel(
  node: Node,
  input: Value,
  facts: Facts,
  add: Add,
  affine: (numbers: Value) => Affine,
): Affine | null {
  const other = (node.arg('self') === input ? node.arg('other') : node.arg('self')) as Value;
  if (!facts.isConstant(other) || other.dtype !== input.dtype) return null;
  const channels = String(input.shape[1]);
  if (![`${channels},1,1`, `1,${channels},1,1`].includes(other.shape.join())) return null;
  return affine(add('aten::reshape', [other, [-1]], { ...other, shape: [input.shape[1]!] } as Value));
}
