import { numberOf, type Argument, type Graph, type Node, type Value } from '../graph';

/** The values that depend on constants alone. */
function constantValues(graph: Graph): Set<Value> {
  const written = graph.written();
  const constants = new Set(graph.nodes.flatMap(({ values }) => values).filter(({ origin }) => origin === 'constant'));
  for (const node of graph.nodes) {
    if (node.always || node.guard !== undefined || node.written.length > 0 || node.touches(written)) continue;
    if (!node.values.every((value) => constants.has(value))) continue;
    for (const value of node.results) if (value) constants.add(value);
  }
  return constants;
}

/** What a pass asks of a graph: who makes a value, who reads it, and what must be left alone. */
export class Facts {
  readonly constants: ReadonlySet<Value>;
  readonly #producers: Map<Value, Node>;
  readonly #uses: Map<Value, number>;
  readonly #written: ReadonlySet<number>;

  constructor(graph: Graph) {
    this.constants = constantValues(graph);
    this.#producers = graph.producers();
    this.#uses = graph.uses();
    this.#written = graph.written();
  }

  isConstant(arg: Argument | undefined): boolean {
    return this.constants.has(arg as Value);
  }

  /** Whether a node is computed once: what it reads are constants, and so is what it gives. */
  isComputedOnce({ results }: Node): boolean {
    return results.some((value) => value !== null && this.constants.has(value));
  }

  /** A constant or null. */
  isOptionalConstant(arg: Argument | undefined): boolean {
    return arg === null || this.isConstant(arg);
  }

  producer(arg: Argument | undefined): Node | undefined {
    return this.#producers.get(arg as Value);
  }

  /** The node that makes a value which nobody else reads. */
  soleProducer(arg: Argument | undefined): Node | undefined {
    return this.#uses.get(arg as Value) === 1 ? this.producer(arg) : undefined;
  }

  /** Whether a pass may replace the node: nothing writes to what it reads or gives. */
  isFree(node: Node): boolean {
    return node.guard === undefined && !node.touches(this.#written);
  }
}

/** A scalar argument that multiplies what is added, and does not. */
export function isOne(arg: Argument | undefined): boolean {
  return arg === undefined || numberOf(arg) === 1;
}
