import { InputError } from '../../errors';
import { binding, type ScriptReply } from '../../native/binding';
import { withBytes, type FileInput } from '../../native/byte-source';
import { guarded } from '../../native/typed-errors';
import { saveTo, type FileTarget, type StreamTarget } from '../../native/save-target';
import { replaceWire, restore } from '../../native/wire';
import { context, traced } from '../core/context';
import type { Device } from '../types/device';
import type { DType } from '../types/dtype';
import { runInBackground, type AsyncOptions } from '../threads/async';
import { keep } from '../memory/lifetime';
import { decodeOne, formatValue, encodeAll, encodeNested, type Result } from '../operators/operator';
import { withOomRetry } from '../memory/oom-retry';
import { requireShallow } from './script-depth';
import { isOptions } from '../operators/surface';
import { Tensor } from '../core/tensor';
import { requireFunction } from '../core/arguments';
import { expected } from '../../options';

// Frees the native module of an object that the collector has taken.
const released = new FinalizationRegistry<number>((id) => binding.scriptFree(id));

interface ScriptParameter {
  readonly key: string;
  /** It may be an object: a dictionary, a NamedTuple, an object of a class. */
  readonly takesObject: boolean;
}

/** Takes what the addon left on the wire. */
function takeReply(reply: ScriptReply | undefined, args: readonly unknown[] = []): Result {
  if (reply?.wire) replaceWire(reply.wire);
  return decodeOne(reply?.strings, args);
}

/** Whether a trailing object is the argument at `index` itself, not arguments by name. */
function isValue(
  object: Readonly<Record<string, unknown>>,
  index: number,
  parameters: readonly ScriptParameter[],
): boolean {
  const parameter = parameters[index];
  if (!parameter?.takesObject) return false;
  const keys = Object.keys(object);
  const own = object[parameter.key];
  if (own !== undefined) return !(own instanceof Map || isOptions(own));
  return keys.length === 0 || !keys.every((key) => parameters.slice(index).some((other) => other.key === key));
}

/**
 * A TorchScript module: a network that needs no TypeScript, as `torch.jit.load` reads it and `torch.jit.trace` makes it.
 * It computes what it computed when it was traced, whatever the language that runs it.
 */
export class ScriptModule {
  readonly #methods: ReadonlyMap<string, readonly ScriptParameter[]>;
  #id: number;

  /** @internal Made by `jit.load` and `jit.trace`. */
  constructor(id: number) {
    if (!Number.isInteger(id))
      throw expected('ScriptModule', 'the number that jit.load and jit.trace give', id, '', InputError);
    this.#id = id;
    this.#methods = new Map(
      guarded('ScriptModule', () => binding.scriptMethods(id)).map(([name, ...parameters]) => [
        name,
        parameters.map(([key, takesObject]) => ({ key, takesObject })),
      ]),
    );
    released.register(this, id, this);
  }

  /** Names of the methods that can be called. */
  get methods(): string[] {
    return [...this.#methods.keys()];
  }

  /**
   * Calls `forward`. Arguments by position, then one object for arguments by name, as the module spells them. Lists and tuples
   * are arrays, dictionaries are objects (or a Map, for other keys than strings), NamedTuples and objects of scripted classes are
   * objects of their fields, members of an enumeration are their names; so are results. An object at the position of an argument
   * that takes one is that argument, unless its keys are names of arguments.
   * @throws InputError for a method or an argument that does not exist, TorchError for what goes wrong inside
   */
  forward<T extends Result = Tensor>(...args: unknown[]): T {
    return this.call<T>('forward', ...args);
  }

  /** Calls a method by its name; see {@link forward}. */
  call<T extends Result = Tensor>(method: string, ...args: unknown[]): T {
    const values = this.#arrange(method, args);
    context();
    const submit = (): T => takeReply(binding.scriptCall(this.#id, method, encodeNested(values)), values) as T;
    return withOomRetry(() => guarded(`${method}()`, submit));
  }

  /**
   * `forward` in a native thread of its own, so that the event loop goes on.
   * @param args all arguments of `forward` in an array, or its one tensor
   * @throws InputError for arguments that `forward` does not have, or that are neither
   */
  async forwardAsync<T extends Result = Tensor>(
    args: readonly unknown[] | Tensor,
    options: AsyncOptions = {},
  ): Promise<T> {
    if (!Array.isArray(args) && !(args instanceof Tensor))
      throw new InputError(
        `forwardAsync: expected the arguments of forward in an array, or one tensor, found ${formatValue(args)}`,
      );
    const values = this.#arrange('forward', args instanceof Tensor ? [args] : args);
    const read = ({ wire, strings }: ScriptReply): T => {
      restore(wire!);
      return decodeOne(strings, values) as T;
    };
    return runInBackground(
      'forward()',
      () => binding.scriptCallAsync(this.#id, 'forward', encodeNested(values)),
      read,
      options,
    );
  }

  /** Puts the arguments in the order of the method's parameters; those left out take the method's defaults. */
  #arrange(method: string, args: readonly unknown[]): unknown[] {
    const parameters = this.#methods.get(method);
    if (!parameters)
      throw new InputError(`expected one of the module's methods (${this.methods.join(', ')}), found '${method}'`);
    const names = parameters.map(({ key }) => key);
    const last = args.at(-1);
    const named = isOptions(last) && !isValue(last, args.length - 1, parameters) ? last : undefined;
    const given = named ? args.slice(0, -1) : args;
    const unknown = Object.keys(named ?? {}).find((name) => names.indexOf(name) < given.length);
    if (unknown !== undefined || given.length > parameters.length) {
      const found =
        unknown === undefined ? `${given.length} arguments` : `'${unknown}', which does not exist or is given twice`;
      throw new InputError(`${method}: expected (${names.join(', ')}), found ${found}`);
    }
    return names.map((name, i) => (i < given.length ? given[i] : named?.[name]));
  }

  /** Parameters and buffers by their names. */
  stateDict(): Record<string, Tensor> {
    return { ...this.#state(false), ...this.#state(true) };
  }

  /** The parameters, in the order of the state dict. */
  parameters(): Tensor[] {
    return Object.values(this.#state(false));
  }

  #state(buffers: boolean): Record<string, Tensor> {
    return guarded('stateDict()', () => takeReply(binding.scriptState(this.#id, buffers)) as Record<string, Tensor>);
  }

  /** Moves parameters and buffers. */
  to(target: { readonly device?: Device; readonly dtype?: DType }): this {
    guarded('to()', () => binding.scriptTo(this.#id, target.device ?? null, target.dtype ?? null));
    return this;
  }

  /** Sets training mode for code that asks for it, as a scripted module's may; a traced one stays as it was traced. */
  train(mode = true): this {
    guarded('train()', () => binding.scriptTrain(this.#id, mode));
    return this;
  }

  /** Sets evaluation mode; see {@link train}. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Writes a file that `torch.jit.load` reads, here and in Python and C++: the whole file or nothing. Without a target it gives
   * the bytes; a stream gets them, and the result is a promise.
   * @throws InputError when the target cannot be written
   */
  save(target: FileTarget): void;
  save(target: StreamTarget): Promise<void>;
  save(target?: null): Buffer;
  save(target?: FileTarget | StreamTarget | null): Buffer | Promise<void> | void {
    return saveTo(target, (write) => write(guarded('save()', () => binding.scriptBytes(this.#id))));
  }

  /** The code of the module, as TorchScript prints it. */
  get code(): string {
    return guarded('code', () => binding.scriptCode(this.#id));
  }

  /** Frees the module now; its tensors live on while something else holds them. */
  dispose(): void {
    released.unregister(this);
    binding.scriptFree(this.#id);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** See `torch.jit.load`. */
export function loadScript(input: FileInput, device: Device | null): ScriptModule {
  return withBytes(input, 'a TorchScript file', (source) => {
    const where = `jit.load(${source.path === undefined ? source.label : `'${source.path}'`})`;
    const from = source.path ?? source.upTo(0, source.size);
    requireShallow(
      guarded(where, () => binding.scriptRecords(from)),
      source.label,
    );
    return new ScriptModule(
      withOomRetry(() => guarded(where, () => binding.scriptLoad(from, device)), { repeatable: true }),
    );
  });
}

/** What is traced: a function of tensors that gives a tensor or several. */
export type Traceable = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/** The state that a trace turns into the script's own, and the names of its inputs. */
export interface TraceState {
  /** Name of the module's class. */
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, tensor: Tensor])[];
  readonly buffers: readonly (readonly [name: string, tensor: Tensor])[];
  readonly inputNames: readonly string[];
}

/** Runs `forward` on `inputs` and makes a module of the operators that ran. */
export function traceScript(forward: Traceable, inputs: readonly Tensor[], state: TraceState): ScriptModule {
  requireFunction('traceScript', 'forward', forward);
  if (typeof state !== 'object' || state === null || !Array.isArray(state.parameters) || !Array.isArray(state.buffers))
    throw expected('traceScript', 'an object { name, parameters, buffers, inputNames }', state, '', InputError);
  const { name, parameters, buffers, inputNames } = state;
  const tensors = [...parameters, ...buffers];
  const isBuffer = tensors.map((_, i) => i >= parameters.length);
  context();
  return guarded('jit.trace', () => {
    encodeAll([tensors.map(([, tensor]) => tensor), inputs]);
    const keys = tensors.map(([key]) => key);
    return new ScriptModule(
      binding.scriptTrace(name, keys, isBuffer, inputNames, (...handles) => run(forward, handles)),
    );
  });
}

/** Calls the traced code with the tracer's own tensors. */
function run(forward: Traceable, handles: readonly number[]): number | number[] {
  const result = traced(() => forward(...handles.map((handle) => keep(new Tensor(handle)))));
  const check = (tensor: unknown): number => {
    if (tensor instanceof Tensor) return tensor._handle;
    throw new InputError(
      `jit.trace: expected code that gives a tensor or an array of tensors, found ${typeof tensor}; pass a function that picks them, with { module }`,
    );
  };
  return Array.isArray(result) ? result.map(check) : check(result);
}
