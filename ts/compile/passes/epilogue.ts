/** What oneDNN computes of a product or a convolution before it is written: activations, and a tensor that is added. */
import type { Graph, Node, Value } from '../graph';
import { Facts, isOne } from './constants';

/** An activation by the names of libtorch's oneDNN operators. */
export interface Activation {
  readonly attr: 'none' | 'relu' | 'sigmoid' | 'tanh' | 'swish' | 'hardswish' | 'gelu';
  readonly algorithm: string;
}

export const NO_ACTIVATION: Activation = { attr: 'none', algorithm: '' };

const ACTIVATIONS: Readonly<Record<string, Activation['attr']>> = {
  'aten::relu': 'relu',
  'aten::sigmoid': 'sigmoid',
  'aten::tanh': 'tanh',
  'aten::silu': 'swish',
  'aten::hardswish': 'hardswish',
};

/** The activation that a node is; null for anything else. */
export function activationOf(node: Node): Activation | null {
  if (node.name === 'aten::gelu') return { attr: 'gelu', algorithm: node.arg('approximate') as string };
  const attr = ACTIVATIONS[node.name];
  return attr ? { attr, algorithm: '' } : null;
}

/** The same behind a convolution and a sum, where libtorch's operators know ReLU only. */
export function activationOfSum(node: Node): Activation | null {
  const found = activationOf(node);
  return found?.attr === 'relu' ? found : null;
}

/** How to read the nodes behind a node. */
export interface Followers {
  readonly facts: Facts;
  /** The one node that reads a value which nothing else reads. */
  reader(value: Value): Node | undefined;
}

export function followersOf(graph: Graph): Followers {
  const facts = new Facts(graph);
  const readers = graph.readers();
  const outputs = new Set(graph.outputs);
  return {
    facts,
    reader: (value) => {
      const found = readers.get(value) ?? [];
      return found.length === 1 && !outputs.has(value) ? found[0] : undefined;
    },
  };
}

/** The tensor that a node adds to `value`: of the same shape and type, computed before the product. */
export function addedTo(node: Node | undefined, value: Value): Value | null {
  if (node?.name !== 'aten::add.Tensor' || !isOne(node.arg('alpha'))) return null;
  const [a, b] = [node.arg('self'), node.arg('other')] as [Value, Value];
  const other = a === value ? b : a;
  if (other === value || typeof other !== 'object') return null;
  return other.dtype === value.dtype && other.shape.join() === value.shape.join() ? other : null;
}
