/**
 * `Module.forwardAsync`. JavaScript cannot leave its thread, so what runs in the other one is a trace: the operators that
 * `forward` called for inputs of this kind, over the parameters and buffers of the module.
 */
import { inspect } from 'node:util';
import { InputError } from '../errors';
import { equal, getRngState, noGrad, scoped, setRngState, Tensor, traceScript, type Device, type LaterOptions, type ScriptModule } from '../tensor';
import { context } from '../tensor/context';
import { withoutJavaScript } from '../tensor/flag';
import { joinTensors, splitTensors, type Skeleton } from '../tensor/tensor-tree';
import { everyModule, hooksOf } from './hooks';

/** What a trace asks of a module. */
interface Traced {
  readonly training: boolean;
  forward(...inputs: never[]): unknown;
  modules(): readonly Traced[];
  namedParameters(): [string, Tensor][];
  namedBuffers(): [string, Tensor][];
}

interface Trace {
  readonly script: ScriptModule;
  /** What forward gives, without its tensors. */
  readonly output: Skeleton;
  readonly names: readonly string[];
}

/** Traces a module keeps; the one that has waited longest to be asked for makes room. */
const MOST = 8;
const traces = new WeakMap<Traced, Map<string, Trace>>();

/** See `Module.forwardAsync`. */
export async function forwardAsync(module: Traced, args: readonly unknown[], options: LaterOptions): Promise<unknown> {
  options.signal?.throwIfAborted();
  const name = module.constructor.name;
  if (everyModule.any || module.modules().some((part) => hooksOf(part)?.any)) {
    throw new InputError(`${name}.forwardAsync: hooks are JavaScript, which runs on its own thread only; remove them, or call forward().`);
  }
  checkPlain(args, `${name}.forwardAsync: expected arguments of`);
  const { skeleton, tensors } = splitTensors(args);
  const { script, output, names } = traceOf(module, skeleton, tensors);
  const results = await script.forwardAsync<Tensor[]>(Object.values(tensors), options);
  return joinTensors(output, Object.fromEntries(names.map((key, i) => [key, results[i]!])));
}

function traceOf(module: Traced, skeleton: Skeleton, tensors: Readonly<Record<string, Tensor>>): Trace {
  const own = traces.get(module) ?? new Map<string, Trace>();
  traces.set(module, own);
  const kind = kindOf(module, skeleton, tensors);
  const found = own.get(kind) ?? trace(module, skeleton, tensors);
  own.delete(kind);
  own.set(kind, found); // now the last to make room
  const [oldest] = own;
  if (own.size > MOST) {
    own.delete(oldest![0]);
    oldest![1].script.dispose();
  }
  return found;
}

/** All that the code of a forward may depend on and a trace fixes. A tensor that takes the place of a parameter counts as well. */
function kindOf(module: Traced, skeleton: Skeleton, tensors: Readonly<Record<string, Tensor>>): string {
  const { grad, inference, autocast } = context();
  const inputs = Object.values(tensors).map(({ shape, dtype, device }) => [...shape, dtype, device]);
  const state = [...module.namedParameters(), ...module.namedBuffers()].map(([, { _handle, dtype, device }]) => [_handle, dtype, device]);
  const training = module.modules().map((part) => part.training);
  return inspect([skeleton, inputs, grad, inference, autocast, training, state], { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity });
}

function trace(module: Traced, skeleton: Skeleton, tensors: Readonly<Record<string, Tensor>>): Trace {
  const name = module.constructor.name;
  const keys = Object.keys(tensors);
  if (keys.length === 0) throw new InputError(`${name}.forwardAsync: expected a tensor among the arguments, found none.`);
  let output: Skeleton;
  let names: string[] = [];
  const forward = (...inputs: Tensor[]): Tensor[] => {
    const args = joinTensors(skeleton, Object.fromEntries(keys.map((key, i) => [key, inputs[i]!]))) as never[];
    const given = module.forward(...args);
    checkPlain(given, `${name}.forwardAsync: expected that forward gives`);
    const results = splitTensors(given);
    output = results.skeleton;
    names = Object.keys(results.tensors);
    return Object.values(results.tensors);
  };
  const state = { name, parameters: module.namedParameters(), buffers: module.namedBuffers(), inputNames: keys.map((_, i) => `input${i}`) };
  const script = unseen(state.buffers, Object.values(tensors), () => withoutJavaScript.during(() => traceScript(forward, Object.values(tensors), state)));
  return { script, output, names };
}

/** Runs `body`, and puts back what a forward changes beside its results: buffers such as running statistics, and random numbers drawn. */
function unseen<T>(buffers: readonly (readonly [string, Tensor])[], inputs: readonly Tensor[], body: () => T): T {
  return scoped(() => {
    const devices = [...new Set<Device>(['cpu', ...inputs.map(({ device }) => device)])].filter((device) => device !== 'meta');
    const random = devices.map((device) => [device, getRngState(device)] as const);
    const before = noGrad(() => buffers.map(([, buffer]) => [buffer, buffer.clone()] as const));
    try {
      return body();
    } finally {
      noGrad(() => before.forEach(([buffer, value]) => equal(buffer, value) || buffer.copy_(value)));
      random.forEach(([device, state]) => setRngState(state, device));
    }
  });
}

/** Only what a trace can tell apart, and give back as it was. */
function checkPlain(value: unknown, where: string): void {
  if (value instanceof Tensor || value === null || ['undefined', 'number', 'bigint', 'string', 'boolean'].includes(typeof value)) return;
  const isPlain = typeof value === 'object' && (Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null));
  if (!isPlain) throw new InputError(`${where} tensors, numbers, texts and plain objects or arrays of them, found ${inspect(value, { depth: 0 })}.`);
  for (const item of Object.values(value as object)) checkPlain(item, where);
}
