/** Linear layers with packed weights, and what follows computed with them: oneDNN's products. */
import { makeNode, type Argument, type Graph, type Node, type Value } from '../graph';
import { addedTo, activationOf, followersOf, NO_ACTIVATION, type Activation, type Followers } from './epilogue';

/** A linear layer of constant weights. */
interface LinearLayer {
  readonly node: Node;
  readonly input: Value;
  readonly weight: Value;
  readonly bias: Value | null;
}

/** The layers whose products oneDNN can compute: float32, and constant weights. */
function linearLayer(node: Node, { facts }: Followers): LinearLayer | null {
  if (node.name !== 'aten::linear' || !facts.isFree(node)) return null;
  const [input, weight, bias] = [node.arg('input'), node.arg('weight'), node.arg('bias')] as [
    Value,
    Value,
    Value | null,
  ];
  if (!facts.isConstant(weight) || !facts.isOptionalConstant(bias) || facts.isConstant(input)) return null;
  const isFloat = [input, weight, bias].every((value) => value === null || value.dtype === 'float32');
  const isEmpty = [input, weight].some(({ shape }) => shape.includes(0));
  return isFloat && !isEmpty && input.shape.length > 1 && weight.shape.length === 2
    ? { node, input, weight, bias }
    : null;
}

/** Joins linear layers of the same input, such as those of query, key and value, to one product whose result is cut. */
export function mergeLinear(graph: Graph): void {
  const followers = followersOf(graph);
  const groups = new Map<string, LinearLayer[]>();
  for (const node of graph.nodes) {
    const layer = linearLayer(node, followers);
    const reader = layer && followers.reader(node.result);
    // What has an epilogue is better off with it.
    if (!layer || (reader && (activationOf(reader) || addedTo(reader, node.result)))) continue;
    const key = `${layer.input.id}${layer.bias ? '' : ' without bias'}`;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  const shared = [...groups.values()].filter((group) => group.length > 1);
  if (shared.length === 0) return;
  // The product stands where the first of them stood: what computes the weights of the others has to come before.
  const isFirst = (node: Node): boolean => followers.facts.isComputedOnce(node);
  graph.nodes = [...graph.nodes.filter(isFirst), ...graph.nodes.filter((node) => !isFirst(node))];
  for (const group of shared) joinLayers(graph, group);
}

function joinLayers(graph: Graph, group: readonly LinearLayer[]): void {
  const { input, node: first } = group[0]!;
  const widths = group.map(({ weight }) => weight.shape[0]!);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const weight = graph.value('float32', [total, input.shape.at(-1)!]);
  const made = [makeNode('aten::cat', [group.map((layer) => layer.weight), 0], [weight], first.module)];
  const bias = group[0]!.bias && graph.value('float32', [total]);
  if (bias) made.push(makeNode('aten::cat', [group.map((layer) => layer.bias!), 0], [bias], first.module));
  const joined = graph.value('float32', [...input.shape.slice(0, -1), total]);
  made.push(makeNode('aten::linear', [input, weight, bias], [joined], first.module));
  let start = 0;
  for (const { node } of group) {
    const width = node.result.shape.at(-1)!;
    made.push(makeNode('aten::narrow', [joined, -1, start, width], [node.result], node.module));
    start += width;
  }
  graph.nodes.splice(graph.nodes.indexOf(first), 0, ...made);
  const replaced = new Set(group.map(({ node }) => node));
  graph.nodes = graph.nodes.filter((node) => !replaced.has(node));
}

/** Packs the weights of linear layers, and computes the activation or the sum behind one with its product. */
export function fuseLinear(graph: Graph): void {
  for (const node of graph.nodes.filter(({ name }) => name === 'aten::linear')) {
    const followers = followersOf(graph); // anew, for the last one may have taken what follows this one
    const layer = linearLayer(node, followers);
    if (layer) fuseLayer(graph, layer, followers);
  }
}

function fuseLayer(graph: Graph, { node, input, weight, bias }: LinearLayer, { facts, reader }: Followers): void {
  const next = reader(node.result);
  const free = next && facts.isFree(next) ? next : undefined;
  const residual = addedTo(free, node.result);
  const activation = free && !residual ? activationOf(free) : null;
  const last = residual || activation ? free! : node;
  const packed = graph.value('float32', weight.shape);
  const pack = makeNode('mkldnn::_reorder_linear_weight', [weight, null], [packed], node.module);
  const product = residual
    ? makeNode('mkldnn::_linear_pointwise.binary', [input, residual, packed, bias, 'add'], [last.result], node.module)
    : makeNode(
        'mkldnn::_linear_pointwise',
        [input, packed, bias, ...epilogue(activation ?? NO_ACTIVATION)],
        [last.result],
        node.module,
      );
  // Where the last of them stood: by then what is added is there.
  graph.nodes.splice(graph.nodes.indexOf(last), 1, pack, product);
  if (last !== node) graph.nodes.splice(graph.nodes.indexOf(node), 1);
}

function epilogue({ attr, algorithm }: Activation): Argument[] {
  return [attr, [], algorithm];
}
