/** Makes of a graph the plan that native code runs; what depends on constants alone goes into the pool, which all plans share. */
import { ConstantPool, Plan, type StepArgument } from '../tensor/plan/plan';
import { PlanOperand } from '../tensor/core/arguments';
import { keep, type Tensor } from '../tensor';
import { makeNode, Value, type Argument, type Graph, type Node } from './graph';
import { textOf } from './passes/simplify';

/** Constants by what they were computed from, so that plans of several shapes share their packed weights. */
export class SharedConstants {
  readonly pool = new ConstantPool();
  readonly #steps = new Map<string, { readonly first: number; readonly count: number; plans: number }>();
  readonly #sources = new Map<number, { plans: number }>();

  /** The number of a tensor, and of one plan more that reads it. */
  source(tensor: Tensor, used: Set<string>): number {
    const number = this.pool.addSource(tensor);
    const key = `c${number}`;
    if (!used.has(key)) {
      used.add(key);
      const entry = this.#sources.get(number) ?? { plans: 0 };
      entry.plans++;
      this.#sources.set(number, entry);
    }
    return number;
  }

  /** The number of the first result of a node whose arguments are constants. */
  step(node: Node, args: readonly StepArgument[], used: Set<string>): number {
    const key = `${node.name}(${args.map(keyOf).join()})`;
    let entry = this.#steps.get(key);
    if (!entry) {
      const count = node.results.length;
      entry = { first: this.pool.addStep(node.operator, args, count), count, plans: 0 };
      this.#steps.set(key, entry);
    }
    if (!used.has(key)) {
      used.add(key);
      entry.plans++;
    }
    return entry.first;
  }

  /** Frees what no other plan reads. */
  release(used: ReadonlySet<string>): void {
    const dropped: number[] = [];
    for (const key of used) {
      const step = this.#steps.get(key);
      if (step && --step.plans === 0) {
        this.#steps.delete(key);
        dropped.push(...Array.from({ length: step.count }, (_, i) => step.first + i));
      }
      const number = /^c(\d+)$/.exec(key)?.[1];
      const source = number === undefined ? undefined : this.#sources.get(Number(number));
      if (source && --source.plans === 0) {
        this.#sources.delete(Number(number));
        dropped.push(Number(number));
      }
    }
    if (dropped.length > 0) this.pool.drop(dropped);
  }

  dispose(): void {
    this.pool.dispose();
  }
}

function keyOf(arg: StepArgument): string {
  if (arg instanceof PlanOperand) return `c${arg.number}`;
  return Array.isArray(arg) ? `[${(arg as StepArgument[]).map(keyOf).join()}]` : textOf(arg as Argument);
}

/** A plan with what it gives: an output of the run, or a tensor that is always the same. */
export interface Emitted {
  readonly graph: Graph;
  readonly plan: Plan;
  /** Keys of the constants that it reads. */
  readonly used: ReadonlySet<string>;
  /** For each output of the graph a number of the run's outputs, or the input or constant that it is. */
  readonly outputs: readonly (number | { readonly input: number } | { readonly constant: Tensor })[];
}

/** @param returned the tensors that the forward itself gave: where one of them is a constant, the same object is given each time */
export function emit(
  graph: Graph,
  inputs: readonly Tensor[],
  constants: SharedConstants,
  returned: readonly Tensor[] = [],
): Emitted {
  const used = new Set<string>();
  copyReturnedConstants(graph);
  const operands = new Map<Value, PlanOperand>(graph.inputs.map((value, i) => [value, new PlanOperand('slot', i)]));
  let slots = graph.inputs.length;
  const operandOf = (value: Value): PlanOperand => {
    let operand = operands.get(value);
    if (!operand) operands.set(value, (operand = new PlanOperand('constant', constants.source(value.constant!, used))));
    return operand;
  };
  const plan = new Plan(constants.pool, inputs);
  const written = graph.written();
  for (const node of graph.nodes) {
    const args = node.args.map((arg) => stepArgument(arg, operandOf));
    if (isConstant(node, written, operandOf)) {
      const first = constants.step(node, args, used);
      node.results.forEach((value, i) => value && operands.set(value, new PlanOperand('constant', first + i)));
      continue;
    }
    const results = node.results.map((value) => {
      if (!value) return -1;
      if (!operands.has(value)) operands.set(value, new PlanOperand('slot', slots++));
      return operands.get(value)!.number;
    });
    plan.addStep(node.operator, args, results, node.guard);
  }
  const made = [
    ...new Set(graph.outputs.filter((value) => operands.get(value)?.kind === 'slot' && value.origin === 'made')),
  ];
  plan.finish(made.map((value) => operands.get(value)!.number));
  const outputs = graph.outputs.map((value, i) => {
    if (value.origin === 'input') return { input: graph.inputs.indexOf(value) };
    return value.origin === 'constant' ? { constant: keep(returned[i] ?? value.constant!) } : made.indexOf(value);
  });
  return { graph, plan, used, outputs };
}

function stepArgument(arg: Argument, operandOf: (value: Value) => PlanOperand): StepArgument {
  if (arg instanceof Value) return operandOf(arg);
  return Array.isArray(arg) ? (arg as Argument[]).map((item) => stepArgument(item, operandOf)) : (arg as StepArgument);
}

/** Whether the same comes out at each run. */
function isConstant(node: Node, written: ReadonlySet<number>, operandOf: (value: Value) => PlanOperand): boolean {
  if (node.always || node.guard !== undefined) return false;
  if (node.touches(written) || node.written.length > 0) return false;
  return node.values.every((value) => operandOf(value).kind === 'constant');
}

/** The caller may write to what a forward gives: where that would be a constant it gets a copy, or a view of what it sees anyway. */
function copyReturnedConstants(graph: Graph): void {
  const isConstant = new Set<Value>();
  const shown = new Set<number>(); // memory of tensors that the caller knows
  const producers = graph.producers();
  const visit = (value: Value): boolean => {
    if (value.origin !== 'made') return value.origin === 'constant';
    const node = producers.get(value)!;
    return node.guard === undefined && !node.always && node.values.every((inner) => isConstant.has(inner));
  };
  for (const value of new Set([...graph.nodes.flatMap((node) => [...node.values, ...node.results]), ...graph.outputs]))
    if (value?.origin === 'constant') {
      isConstant.add(value);
      if (!value.fresh) shown.add(value.storage);
    }
  for (const node of graph.nodes) for (const value of node.results) if (value && visit(value)) isConstant.add(value);
  for (const value of new Set(graph.outputs)) {
    if (!isConstant.has(value) || (value.origin === 'constant' && !value.fresh)) continue;
    const copy = graph.value(value.dtype, value.shape);
    const node = shown.has(value.storage)
      ? makeNode('aten::alias', [value], [copy])
      : makeNode('aten::clone', [value, null], [copy]);
    node.always = true;
    graph.nodes.push(node);
    graph.outputs = graph.outputs.map((output) => (output === value ? copy : output));
  }
}
