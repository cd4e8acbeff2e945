import { operator, type Operator } from '../../tensor/operators/operator';
import { Node, type Graph, type Value } from '../graph';

/**
 * Turns operators that write to their first argument (`relu_`) into those that give a new tensor (`relu`), where nobody sees the
 * difference: no other value of that memory is read afterwards. What is left writes as it did, and all other passes leave alone
 * whatever shares memory with it.
 */
export function functionalize(graph: Graph): void {
  for (let i = 0; i < graph.nodes.length; i++) {
    const node = graph.nodes[i]!;
    const target = node.written[0];
    if (!target || node.written.length !== 1 || node.results[0] !== target) continue;
    const pure = pureForm(node.operator);
    if (!pure || !keepsType(node, target) || isSeenOtherwise(graph, i, target)) continue;
    const result = graph.value(target.dtype, target.shape, target.strides, target.storage);
    graph.nodes[i] = new Node(pure, node.args, [result], node.module);
    graph.replace(target, result, i + 1);
  }
}

/** The operator of the same parameters that gives a new tensor; null where there is none. */
function pureForm({ namespace, name, overload, schema }: Operator): Operator | null {
  if (!name.endsWith('_') || name.endsWith('__')) return null;
  const pure = operator(namespace, name.slice(0, -1), overload);
  try {
    const { parameters } = pure.schema;
    const isSame =
      parameters.length === schema.parameters.length &&
      parameters.every(({ base }, i) => base === schema.parameters[i]!.base);
    return isSame && !parameters.some(({ written }) => written) ? pure : null;
  } catch {
    return null; // libtorch has no such operator
  }
}

/** Whether the new tensor has the type and shape that the old one keeps: in place nothing is promoted. */
function keepsType(node: Node, target: Value): boolean {
  return node.values.every(
    ({ dtype, shape }) => (dtype === target.dtype || dtype === 'bool') && shape.length <= target.shape.length,
  );
}

/** Whether another value of that memory is read after the node, or lives on as a result. */
function isSeenOtherwise(graph: Graph, index: number, target: Value): boolean {
  const before = new Set(
    [...graph.inputs, ...graph.nodes.slice(0, index).flatMap((node) => [...node.values, ...node.results])].filter(
      (value): value is Value => value !== null && value !== target && value.storage === target.storage,
    ),
  );
  if (before.size === 0) return false;
  return [...graph.nodes.slice(index + 1).flatMap((node) => node.values), ...graph.outputs].some((value) =>
    before.has(value),
  );
}
