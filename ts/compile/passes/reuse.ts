import { makeNode, type Graph, type Node, type Value } from '../graph';

/** Operators of oneDNN that add a tensor to their result, and how they write the result into that tensor instead. */
const INTO: Readonly<Record<string, string>> = {
  'mkldnn::_convolution_pointwise.binary': 'mkldnn::_convolution_pointwise_.binary',
};

/**
 * Writes the result of a convolution into the tensor that is added to it, where nobody reads that afterwards: one pass over memory
 * less. It has to come last, for other passes leave alone what is written to.
 */
export function reuseResiduals(graph: Graph): void {
  const producers = graph.producers();
  const lastReader = graph.lastReaders();
  graph.nodes = graph.nodes.map((node) => {
    const into = INTO[node.name];
    const other = node.arg('other') as Value;
    const isRead = node.arg('X') === other; // the convolution reads its neighbours, so it must not write over them
    if (!into || isRead || lastReader.get(other) !== node || !isOwn(other, graph, producers)) return node;
    const [input, , ...rest] = node.args;
    return makeNode(into, [other, input!, ...rest], [node.result], node.module);
  });
}

/** Whether a value is the only one of its memory: what a convolution gave, perhaps put in the order of channels last. */
function isOwn(value: Value, graph: Graph, producers: ReadonlyMap<Value, Node>): boolean {
  const own = new Set([value]);
  let maker = producers.get(value);
  while (maker?.name === 'aten::contiguous') {
    const [order, source] = [maker, maker.arg('self') as Value];
    if (graph.outputs.includes(source) || graph.nodes.some((node) => node !== order && node.values.includes(source)))
      return false;
    own.add(source);
    maker = producers.get(source);
  }
  if (!maker?.name.startsWith('mkldnn::_convolution_pointwise')) return false;
  const storages = new Set([...own].map(({ storage }) => storage).filter((storage) => storage >= 0));
  return !graph.nodes.some((node) =>
    node.results.some((result) => result && !own.has(result) && storages.has(result.storage)),
  );
}
