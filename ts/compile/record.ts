import type { Module } from '../nn';
import { registerModuleForwardHook, registerModuleForwardPreHook } from '../nn';
import type { DType, Tensor } from '../tensor';
import { record, recordModule, refuseRecording, type RecordedArgument, type Recording } from '../tensor/plan/recording';
import { operator } from '../tensor/operators/operator';
import { Graph, Node, Value, type Argument } from './graph';
import { treeFlatten, NotAPytree, type TreeSpec } from './pytree';

/** A forward and the graph of it, or why there is none. */
export interface Recorded<T, G = Graph | null> {
  readonly result: T;
  readonly graph: G;
  readonly refusal: string;
  /** Of the result, with the graph's outputs for tensors. */
  readonly spec: TreeSpec;
  /** The tensors of the graph's constants, the caller's to dispose of. */
  readonly constants: readonly Tensor[];
}

/**
 * Runs the forward of a module once and makes a graph of the operators that it called.
 * @param inputs the tensors among the arguments
 * @throws what the forward throws
 */
export function recordForward<T>(module: Module, inputs: readonly Tensor[], forward: () => T): Recorded<T> {
  let spec: TreeSpec = { items: [] };
  const outputsOf = (result: T): Tensor[] => {
    try {
      if (isPromise(result)) throw new NotAPytree('', result);
      const { spec: found, tensors } = treeFlatten(result);
      spec = found;
      return tensors;
    } catch (error) {
      if (!(error instanceof NotAPytree)) throw error;
      refuseRecording(`of what forward gives ${error.message}, and not a tensor, an array or a plain object`);
      return [];
    }
  };
  const { result, recording } = withPaths(module, () => record(inputs, forward, outputsOf));
  if ('refusal' in recording) return { result, graph: null, refusal: recording.refusal, spec, constants: [] };
  const constants = recording.values.flatMap(({ constant }) => constant ?? []);
  return { result, graph: graphOf(recording), refusal: '', spec, constants };
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null)?.then === 'function';
}

/** Tells the recording of each module whose forward begins or ends. */
function withPaths<T>(root: Module, body: () => T): T {
  const paths = new Map(
    root.namedModules().map(([path, module]) => [module, path === '' ? root.constructor.name : path]),
  );
  const running: string[] = [];
  const before = registerModuleForwardPreHook((module) => {
    running.push(paths.get(module) ?? module.constructor.name);
    recordModule(running.at(-1)!);
  });
  const after = registerModuleForwardHook(() => {
    running.pop();
    recordModule(running.at(-1) ?? '');
  });
  try {
    return body();
  } finally {
    before.remove();
    after.remove();
  }
}

/** @internal the graph of a recording */
function graphOf({ values: recorded, calls, outputs }: Recording): Graph {
  const values = recorded.map(
    ({ origin, dtype, shape, strides, storage, constant, fresh }, id) =>
      new Value(id, origin, dtype as DType, shape, strides, storage, constant ?? null, fresh),
  );
  const argument = (arg: RecordedArgument): Argument => {
    if (Array.isArray(arg)) return (arg as RecordedArgument[]).map(argument);
    if (typeof arg === 'object' && arg !== null && 'value' in arg) return values[arg.value]!;
    return arg as Argument;
  };
  const resultsOf = (result: RecordedArgument): (Value | null)[] => {
    const value = argument(result);
    return Array.isArray(value) ? (value as (Value | null)[]) : [value instanceof Value ? value : null];
  };
  const nodes = calls.map(({ name, overload, module, arguments: args, results, guard }) => {
    const [namespace, base] = name.split('::') as [string, string];
    return new Node(operator(namespace, base, overload), args.map(argument), results.flatMap(resultsOf), module, guard);
  });
  return new Graph(
    nodes,
    values.filter(({ origin }) => origin === 'input'),
    outputs.map((output) => values[output]!),
    values.length,
  );
}
