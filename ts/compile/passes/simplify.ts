import { Value, type Argument, type Graph, type Node } from '../graph';

/** Leaves out what nobody reads, unless it writes to memory or guards the graph. */
export function removeDeadCode(graph: Graph): void {
  const read = new Set(graph.outputs);
  const alive: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    const isNeeded =
      node.guard !== undefined || node.written.length > 0 || node.results.some((value) => value && read.has(value));
    if (!isNeeded) continue;
    alive.push(node);
    for (const value of node.values) read.add(value);
  }
  graph.nodes = alive.toReversed();
}

/** Computes once what several nodes compute of the same values. */
export function mergeEqual(graph: Graph): void {
  const written = graph.written();
  // Two results of the forward stay two tensors: the caller may write to one of them.
  const returned = new Set([...graph.outputs.map(({ storage }) => storage), ...written]);
  const outputs = new Set(graph.outputs);
  const first = new Map<string, Node>();
  for (const node of [...graph.nodes]) {
    const isFree =
      !node.touches(written) &&
      node.results.every((value) => !value || (!outputs.has(value) && !returned.has(value.storage)));
    if (!isFree || node.guard !== undefined || node.always) continue;
    const key = `${node.name}(${node.args.map(textOf).join()})`;
    const known = first.get(key);
    if (!known) {
      first.set(key, node);
      continue;
    }
    node.results.forEach((value, i) => value && known.results[i] && graph.replace(value, known.results[i]));
    graph.nodes.splice(graph.nodes.indexOf(node), 1);
  }
}

/** @internal arguments as text, equal for equal ones */
export function textOf(arg: Argument): string {
  if (arg instanceof Value) return `%${arg.id}`;
  if (Array.isArray(arg)) return `[${(arg as Argument[]).map(textOf).join()}]`;
  if (typeof arg === 'bigint') return `${arg}n`;
  return Object.is(arg, -0) ? '-0' : JSON.stringify(arg);
}
