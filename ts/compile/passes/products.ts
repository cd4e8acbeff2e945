/** The products and convolutions as the float32 passes leave them, packed and fused: what passes of other precisions rewrite. */
import type { Argument, Graph, Node, Value } from '../graph';
import { Facts } from './constants';
import type { Activation } from './epilogue';

/** A linear layer or convolution of constant weights, with what is computed along with it. */
export interface Product {
  readonly node: Node;
  readonly kind: 'linear' | 'convolution';
  readonly input: Value;
  /** As it is before it is packed: (out, in) or (out, in / groups, kH, kW). */
  readonly weight: Value;
  readonly bias: Value | null;
  /** Added before the activation. */
  readonly residual: Value | null;
  readonly activation: Activation;
  readonly geometry: Geometry | null;
}

/** Of a convolution. */
export interface Geometry {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

const KINDS: Readonly<Record<string, Product['kind']>> = {
  'mkldnn::_linear_pointwise': 'linear',
  'mkldnn::_linear_pointwise.binary': 'linear',
  'mkldnn::_convolution_pointwise': 'convolution',
  'mkldnn::_convolution_pointwise.binary': 'convolution',
};

/** The product that a node computes; null for any other node. */
function productOf(node: Node, facts: Facts): Product | null {
  const kind = KINDS[node.name];
  const pack = kind && facts.producer(node.arg('W'));
  if (!kind || !pack) return null;
  const isBinary = node.name.endsWith('.binary');
  const attr = node.arg(isBinary && kind === 'convolution' ? 'unary_attr' : 'attr');
  const hasActivation = !isBinary || kind === 'convolution';
  return {
    node,
    kind,
    input: node.arg('X') as Value,
    weight: withoutContiguous(pack.arg('self') as Value, facts),
    bias: node.arg('B') as Value | null,
    residual: isBinary ? (node.arg('other') as Value) : null,
    activation: {
      attr: (hasActivation && (attr as Activation['attr'] | null)) || 'none',
      algorithm: (node.arg(isBinary ? 'unary_algorithm' : 'algorithm') as string | null | undefined) ?? '',
    },
    geometry: kind === 'convolution' ? geometryOf(node) : null,
  };
}

/** All products of a graph, in their order. */
export function productsOf(graph: Graph): Product[] {
  const facts = new Facts(graph);
  return graph.nodes.flatMap((node) => productOf(node, facts) ?? []);
}

function geometryOf(node: Node): Geometry {
  const pair = (name: string): readonly number[] => node.arg(name) as readonly number[];
  return {
    stride: pair('stride'),
    padding: pair('padding'),
    dilation: pair('dilation'),
    groups: node.arg('groups') as number,
  };
}

function withoutContiguous(value: Value, facts: Facts): Value {
  const maker = facts.producer(value);
  return maker?.name === 'aten::contiguous' ? (maker.arg('self') as Value) : value;
}

/** Puts nodes in the place of one. */
export function replaceNode(graph: Graph, node: Node, by: readonly Node[]): void {
  graph.nodes.splice(graph.nodes.indexOf(node), 1, ...by);
}

/** A floating point argument, whole or not. */
export function float(value: number): Argument {
  return { float: value };
}
