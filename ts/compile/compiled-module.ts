import { InputError } from '../errors';
import type { Module } from '../nn';
import { Registered } from '../nn/registered';
import { expected, type Given } from '../options';
import * as torch from '../tensor';
import type { AsyncOptions, Tensor } from '../tensor';
import { Outcome, type Plan } from '../tensor/plan/plan';
import { isRecording } from '../tensor/plan/recording';
import { CalibrationError, calibrate } from './calibrate';
import { Calibration, writeCompileOptions } from './calibration';
import { differenceOf } from './difference';
import { emit, SharedConstants, type Emitted } from './emit';
import type { Graph } from './graph';
import { ModuleState } from './module-state';
import { optimize } from './passes';
import { resolveCompileOptions, type CompileOptions } from './options';
import { lastPassesOf, passesOf, TOLERANCES } from './precision';
import { recordForward, type Recorded } from './record';
import { keyOf, treeUnflatten, treeFlatten, NotAPytree, type TreeSpec } from './pytree';

/** A plan for one kind of inputs. */
interface Entry extends Emitted {
  /** Of the result. */
  readonly spec: TreeSpec;
}

/** Why a module has no plan, in words. */
class NotCompiled extends Error {}

/** For one key: plans that differ in what they found when JavaScript looked. */
type Entries = readonly Entry[];

/** How many plans for one key: more would mean that the forward chooses anew each time. */
const MOST_GUARDED = 4;

/** Kinds of inputs without a plan that are remembered. */
const MOST_WITHOUT_PLAN = 256;

/** How often in a row a change of the module's fields may make plans useless. */
const MOST_FORGOTTEN = 16;

/** What the forward of a module takes and gives. */
type Forward<M extends Module> = M['forward'];

/** A module whose forward runs as a plan; made by {@link compile}. */
export class CompiledModule<M extends Module = Module> {
  /**
   * What the module's own forward gives for these arguments; results have no gradient. The first call for each shape runs the
   * module itself, makes a plan of it and compares the two.
   * @throws what the module's forward throws
   */
  readonly forward: Forward<M>;
  readonly #options: CompileOptions;
  readonly #entries = new Map<string, Entries>();
  /** How often inputs of a kind came before there was a plan. */
  readonly #calls = new Map<string, number>();
  /** Kinds of inputs that no plan can be made for: the module runs eagerly. */
  readonly #refused = new Set<string>();
  readonly #warned = new Set<string>();
  #constants = new SharedConstants();
  #state: ModuleState | null = null;
  /** How often plans were forgotten, one after the other, before any was used twice. */
  #forgotten = 0;
  #calibration: Calibration | null = null;
  #disposed = false;

  /** @internal made by {@link compile} */
  constructor(
    /** The module itself, which shares its weights with this. */
    readonly module: M,
    options: CompileOptions,
  ) {
    this.#options = options;
    this.forward = ((...args: Parameters<Forward<M>>) => this.#forward(args)) as Forward<M>;
  }

  #forward(args: Parameters<Forward<M>>): ReturnType<Forward<M>> {
    const call = this.#callOf(args);
    if (!call) return this.#eager(args);
    for (const entry of call.entries) {
      const outputs = attempt(() => entry.plan.run(call.tensors));
      const taken = this.#take(entry, outputs, call, args);
      if (taken) return taken.result;
    }
    return this.#compile(call, args);
  }

  /**
   * {@link forward} in a native thread of its own, while the event loop goes on. The first call for each shape, which makes the
   * plan, and modules that cannot be compiled run here, before the promise is returned.
   */
  async forwardAsync(
    args: Parameters<Forward<M>>,
    options: AsyncOptions = {},
  ): Promise<Awaited<ReturnType<Forward<M>>>> {
    if (!Array.isArray(args))
      throw expected('forwardAsync', 'the arguments of forward in an array', args, '', InputError);
    const call = this.#callOf(args);
    if (!call) return this.#eager(args) as Awaited<ReturnType<Forward<M>>>;
    for (const entry of call.entries) {
      const outputs = await entry.plan.runAsync(call.tensors, options).catch((error: unknown) => {
        if (options.signal?.aborted) throw error;
        return Outcome.InputsDiffer;
      });
      const taken = this.#take(entry, outputs, call, args);
      if (taken) return taken.result as Awaited<ReturnType<Forward<M>>>;
    }
    return this.#compile(call, args) as Awaited<ReturnType<Forward<M>>>;
  }

  /**
   * What the convolutions are quantized by, in int8; null in other precisions, and where no convolution has asked for it yet.
   * The same module compiles by it again without images: `torch.compile(model, { precision: 'int8', calibrate: calibration })`.
   */
  get calibration(): Calibration | null {
    return this.#calibration;
  }

  /**
   * Writes precision and calibration into the folder of a checkpoint, as compile.json, which {@link loadCompileOptions} reads. Where
   * the inputs of `calibrate` have not been looked at yet, they are now.
   * @throws InputError where the system refuses to write there
   */
  saveOptions(folder: string): void {
    const { precision, calibrate: inputs } = this.#options;
    const calibration = inputs === null ? null : this.#calibrated();
    writeCompileOptions(folder, { precision, ...(calibration && { calibrate: calibration }) });
  }

  /** The graphs that were compiled, one for each kind of inputs, as text. */
  toString(): string {
    const graphs = [...this.#entries.values()].flat().map(({ graph }) => graph.toString());
    return [`CompiledModule(${this.module.constructor.name})`, ...graphs].join('\n\n');
  }

  /** Frees plans and packed weights; the module itself stays as it is. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#forget();
    this.#constants.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** What a run of a plan gives; null where the plan is for other inputs, so that another one has to be tried. */
  #take(
    entry: Entry,
    outputs: ReturnType<Plan['run']>,
    { tensors }: Call,
    args: Parameters<Forward<M>>,
  ): { readonly result: ReturnType<Forward<M>> } | null {
    if (outputs === Outcome.ConstantsChanged) return { result: this.#again(args) };
    if (!Array.isArray(outputs)) return null;
    this.#forgotten = 0;
    return { result: resultOf(entry, outputs, tensors) as ReturnType<Forward<M>> };
  }

  #eager(args: Parameters<Forward<M>>): ReturnType<Forward<M>> {
    return torch.noGrad(() => this.module.forward(...args) as ReturnType<Forward<M>>);
  }

  /** The tensors among the arguments and the plans for their kind; null where the module must run eagerly. */
  #callOf(args: Parameters<Forward<M>>): Call | null {
    if (this.#disposed) throw new InputError('forward: the compiled module was disposed; compile the module again');
    if (isRecording()) return null; // inside of another one, whose plan is to have these operators
    if (this.#forgotten > MOST_FORGOTTEN) return this.#refuse('its forward changes its fields');
    this.#noticeReplaced();
    const reason = this.#state!.reasonForEager;
    if (reason !== null) return this.#refuse(reason);
    if (torch.isAutocastEnabled('cpu'))
      return this.#refuse("it is called under autocast; compile it with precision: 'bfloat16' instead");
    try {
      const { spec, tensors } = treeFlatten(args);
      if (tensors.some(({ device }) => device !== 'cpu')) return this.#refuse('its inputs are not on the CPU');
      const key = keyOf(spec, tensors);
      if (this.#refused.has(key)) return null;
      return { key, tensors, entries: this.#used(key) };
    } catch (error) {
      if (error instanceof NotAPytree) return this.#refuse(`among the arguments of forward ${error.message}`);
      throw error;
    }
  }

  /** Says once why the module runs eagerly. */
  #refuse(reason: string): null {
    const message = `${this.module.constructor.name} cannot be compiled: ${reason}`;
    if (this.#options.fullgraph) throw new InputError(message);
    if (!this.#warned.has(reason)) {
      this.#warned.add(reason);
      this.#options.onWarning(`${message}; it runs eagerly`);
    }
    return null;
  }

  /** Forgets all plans where the module holds other parameters, buffers, submodules or settings than they were made of. */
  #noticeReplaced(): void {
    if (this.#state?.isCurrent) return;
    if (this.#entries.size > 0) this.#forgotten++;
    this.#renew();
    this.#state = new ModuleState(this.module);
  }

  /** The plans for a key, which goes last in the order of use. */
  #used(key: string): Entries {
    const entries = this.#entries.get(key);
    if (!entries) return [];
    this.#entries.delete(key);
    this.#entries.set(key, entries);
    return entries;
  }

  #forget(): void {
    for (const key of this.#entries.keys()) this.#dropKind(key);
    this.#refused.clear();
  }

  /** Begins anew, without plans and constants. */
  #renew(): void {
    this.#forget();
    this.#constants.dispose();
    this.#constants = new SharedConstants();
    for (const buffer of this.module.buffers()) this.#constants.pool.addWitness(buffer);
  }

  #dropKind(key: string): void {
    for (const entry of this.#entries.get(key) ?? []) this.#drop(entry);
    this.#entries.delete(key);
  }

  #drop({ plan, used }: Entry): void {
    plan.dispose();
    this.#constants.release(used);
  }

  /** After constants have got another shape or type. */
  #again(args: Parameters<Forward<M>>): ReturnType<Forward<M>> {
    this.#renew();
    return this.#forward(args);
  }

  /** Runs the module itself, and makes a plan of what it does. */
  #compile({ key, tensors }: Call, args: Parameters<Forward<M>>): ReturnType<Forward<M>> {
    const calls = this.#calls.get(key) ?? 0;
    if (calls < this.#options.warmup) {
      this.#calls.set(key, calls + 1);
      dropOldest(this.#calls);
      return this.#eager(args);
    }
    const { constants, ...recorded } = recordForward(
      this.module,
      tensors,
      () => this.module.forward(...args) as ReturnType<Forward<M>>,
    );
    try {
      if (!recorded.graph) throw new NotCompiled(recorded.refusal);
      return this.#add(key, recorded as Recorded<ReturnType<Forward<M>>, Graph>, tensors);
    } catch (error) {
      if (error instanceof CalibrationError) throw error;
      this.#dropKind(key);
      this.#refused.add(key);
      dropOldest(this.#refused);
      this.#refuse((error as Error).message);
      return recorded.result;
    } finally {
      for (const constant of constants) constant.dispose();
    }
  }

  /** Adds a plan and gives what it gives. @throws NotCompiled where that is something else than the module gives */
  #add<T>(key: string, { graph, spec, result }: Recorded<T, Graph>, inputs: readonly Tensor[]): T {
    const known = this.#entries.get(key) ?? [];
    if (known.length >= MOST_GUARDED)
      throw new NotCompiled('it chooses by the elements of its inputs, in too many ways');
    const returned = treeFlatten(result).tensors;
    const optimized = this.#optimized(graph);
    const make = (): Entry => ({ spec, ...emit(optimized, inputs, this.#constants, returned) });
    let entry = make();
    try {
      let found = entry.plan.run(inputs);
      if (found === Outcome.ConstantsChanged) {
        // Those of other plans have got another type or shape since.
        this.#drop(entry);
        this.#renew();
        entry = make();
        found = entry.plan.run(inputs);
      }
      if (!Array.isArray(found)) throw new NotCompiled('its forward is not the same twice');
      const compiled = resultOf(entry, found, inputs) as T;
      const difference = differenceOf(
        treeFlatten(compiled).tensors,
        returned,
        this.#options.tolerance ?? TOLERANCES[this.#options.precision],
      );
      if (difference !== null) throw new NotCompiled(difference);
      this.#entries.set(key, [entry, ...(this.#entries.get(key) ?? [])]);
      this.#evict();
      return compiled;
    } catch (error) {
      this.#drop(entry);
      throw error;
    }
  }

  #optimized(graph: Graph): Graph {
    const { precision } = this.#options;
    return optimize(
      graph,
      passesOf(precision, () => this.#calibrated().ranges),
      lastPassesOf(precision),
    );
  }

  #calibrated(): Calibration {
    const { calibrate: given } = this.#options;
    return (this.#calibration ??=
      given instanceof Calibration ? given : new Calibration(calibrate(this.module, given)));
  }

  #evict(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.maxPlans) return;
      this.#dropKind(key);
    }
  }
}

interface Call {
  readonly key: string;
  readonly tensors: readonly Tensor[];
  readonly entries: Entries;
}

function dropOldest(kinds: Map<string, unknown> | Set<string>): void {
  for (const key of kinds.keys()) {
    if (kinds.size <= MOST_WITHOUT_PLAN) return;
    kinds.delete(key);
  }
}

/** A run that fails counts as one for other inputs: the module itself then says what is wrong, or does it. */
function attempt(run: () => ReturnType<Plan['run']>): ReturnType<Plan['run']> {
  try {
    return run();
  } catch {
    return Outcome.InputsDiffer;
  }
}

function resultOf({ spec, outputs }: Entry, made: readonly Tensor[], inputs: readonly Tensor[]): unknown {
  const tensors = outputs.map((output) =>
    typeof output === 'number' ? made[output]! : 'input' in output ? inputs[output.input]! : output.constant,
  );
  return treeUnflatten(spec, tensors);
}

/**
 * Makes a module's forward faster, for inference on the CPU: the operators that it calls are recorded once for each shape of the
 * inputs, rewritten (normalisations folded into convolutions, activations and sums computed with the product before them, weights
 * packed once) and run in one native call. Weights that change are noticed. What depends on the elements of tensors, random numbers,
 * training mode and hooks cannot be recorded: the module then runs eagerly, and says why. Numbers and settings that `forward` reads
 * from fields of the module count as they were at the first call.
 *
 *     const fast = torch.compile(model.eval());
 *     const { logits } = fast.forward({ pixelValues });
 *
 * @param module any module; it stays as it is, and its weights are shared
 * @throws InputError for unknown options, DTypeError for what is no module
 */
export function compile<M extends Module>(module: M, options: Given<CompileOptions> = {}): CompiledModule<M> {
  if (typeof (module as Partial<Module> | null)?.forward !== 'function' || !(module instanceof Registered))
    throw expected('compile', 'a module', module);
  return new CompiledModule(module, resolveCompileOptions(options));
}
