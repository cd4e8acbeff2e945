import { inspect } from 'node:util';
import { DTypeError, InputError } from '../errors';
import { resolveOptions } from '../nn/options';
import { itemsOf } from '../options';
import * as torch from '../tensor';
import { keep, Tensor, type Device } from '../tensor';
import { isFloatingPoint } from '../tensor/types/dtype';
import { camelCase } from '../tensor/operators/schema';
import { ParameterBatches, type Batch } from './parameter-batches';
import { printGroups } from './print-groups';
import { schedulerOptions, type GroupInput, type ParamGroup, type ParamsInput } from './param-group';
import { snakeCase, type OptimizerStateDict, type PackedGroup, type ParamState, type StateValue } from './state-dict';

/** What a closure gives. */
export type Loss = Tensor | number;

/**
 * Base of the optimizers: groups of parameters, the state of each, and how both are saved.
 *
 * Options are PyTorch's in camelCase, without three: `foreach` (steps always go by lists of tensors), `capturable` and
 * `differentiable` (no autograd through a step). State dicts name them all the same, at the values that mean this.
 */
export abstract class Optimizer<G extends ParamGroup = ParamGroup> {
  /** Parameters with their options, which may be changed between steps: `lr`, for instance. */
  readonly paramGroups: G[] = [];
  /** What the optimizer remembers of each parameter, once it has had a gradient. */
  readonly state = new Map<Tensor, ParamState>();
  readonly #plans = new WeakMap<ParamGroup, ParameterBatches>();

  /** @param defaults of every option that a group leaves out */
  protected constructor(
    params: ParamsInput<G>,
    readonly defaults: Readonly<Omit<G, 'params'>>,
  ) {
    const items = itemsOf<Tensor | GroupInput<G>>(
      new.target.name,
      'an iterable of tensors or of groups { params } for params',
      params,
      'pass model.parameters()',
    );
    if (items.length === 0) throw new InputError(`${new.target.name} got an empty list of parameters.`);
    const groups = items.every((item) => item instanceof Tensor) ? [{ params: items }] : items;
    for (const group of groups) this.addParamGroup(group as GroupInput<G>);
  }

  /** Throws unless the options of a group make sense. */
  protected abstract check(group: G): void;

  /** The tensors that this optimizer keeps for a parameter of `group`: the missing ones are made. */
  protected abstract fillState(state: ParamState, param: Tensor, group: G): void;

  /** One step for parameters of one device and type. */
  protected abstract update(batch: Batch, gradients: Tensor[], group: G): void;

  /** Adds parameters, frozen ones that become trainable for instance, with options of their own. */
  addParamGroup(input: GroupInput<G>): void {
    const owner = this.constructor.name;
    if (typeof input !== 'object' || input === null || !('params' in input)) {
      const found = Array.isArray(input) ? 'an array' : typeof input;
      throw new InputError(
        `${owner} takes tensors or groups { params, lr?, … }, got ${found}: pass model.parameters().`,
      );
    }
    const { params, ...given } = input;
    const options = resolveOptions<object>(owner, this.defaults, given);
    const group = { ...options, params: params instanceof Tensor ? [params] : [...params] } as G;
    this.#checkParams(group.params);
    this.check(group);
    this.paramGroups.push(group);
  }

  #checkParams(params: readonly unknown[]): void {
    const owner = this.constructor.name;
    const seen = new Set<unknown>(this.paramGroups.flatMap((group) => group.params));
    for (const param of params) {
      if (!(param instanceof Tensor))
        throw new InputError(`${owner} can only optimize tensors, got ${typeof param}: pass model.parameters().`);
      if (!param.isLeaf)
        throw new InputError(
          `${owner} can't optimize a tensor that was computed: pass leaves of autograd, such as parameters.`,
        );
      if (!isFloatingPoint(param.dtype))
        throw new DTypeError(
          `${owner} optimizes floating point tensors, got ${param.dtype}: pass torch.viewAsReal of complex ones.`,
        );
      if (seen.has(param))
        throw new InputError(`${owner}: some parameters appear in more than one parameter group or twice in one.`);
      seen.add(param);
    }
  }

  /** Moves every parameter that has a gradient. */
  step(): null;
  /**
   * Moves every parameter that has a gradient once `closure` has run, with gradients recorded: it clears them, computes
   * the loss and calls `backward()`.
   * @returns what the closure returns
   */
  step<T extends Loss>(closure: () => T): T;
  step(closure?: () => Loss): Loss | null {
    const loss = closure === undefined ? null : this.evaluate(closure);
    torch.noGrad(() => {
      for (const group of this.paramGroups) torch.scoped(() => this.#stepGroup(group));
    });
    return loss;
  }

  /** Runs a closure of the user's with gradients recorded. */
  protected evaluate<T extends Loss>(closure: () => T): T {
    const loss = torch.enableGrad(closure);
    if (loss instanceof Tensor || typeof loss === 'number') return loss;
    throw new InputError(
      `${this.constructor.name}: the closure must return the loss, a tensor or a number, got ${inspect(loss)}.`,
    );
  }

  #stepGroup(group: G): void {
    const gradients = torch.autograd.grads(group.params);
    let parameterBatches = this.#plans.get(group);
    if (parameterBatches === undefined || !parameterBatches.fits(group.params, gradients)) {
      for (const gradient of gradients) if (gradient) this.checkGradient(gradient);
      parameterBatches = new ParameterBatches(group.params, gradients, (param) => this.stateOf(param, group));
      this.#plans.set(group, parameterBatches);
    }
    for (const batch of parameterBatches.batches) this.update(batch, batch.pick(gradients), group);
  }

  /** Throws unless this optimizer can follow such a gradient. */
  protected checkGradient({ layout }: Tensor): void {
    if (layout === 'strided') return;
    throw new InputError(
      `${this.constructor.name} does not support sparse gradients: use SparseAdam or SGD, or dense gradients.`,
    );
  }

  /** The state of a parameter, made where it is missing. */
  protected stateOf(param: Tensor, group: G): ParamState {
    let state = this.state.get(param);
    if (state === undefined) this.state.set(param, (state = {}));
    this.fillState(state, param, group);
    for (const value of Object.values(state)) mapTensors(value, keep);
    return state;
  }

  /** The entries of a state that are one number, of single precision whatever the parameter's type. */
  protected readonly scalars: readonly string[] = ['step'];

  /** Where those live: on the CPU, from where they are read, unless a kernel of the device counts on them. */
  protected scalarDevice(_param: Tensor): Device {
    return 'cpu';
  }

  /** Forgets the lists made for past steps: the next step makes them from `state` again. */
  protected forgetBatches(group: G): void {
    this.#plans.delete(group);
  }

  /** Drops the gradients of all parameters, or with `setToNone` false fills them with zeros. */
  zeroGrad(options: { readonly setToNone?: boolean } = {}): void {
    const { setToNone } = resolveOptions<{ setToNone: boolean }>('zeroGrad', { setToNone: true }, options);
    const params = this.paramGroups.flatMap((group) => group.params);
    if (setToNone) return torch.autograd.setGrads(params);
    torch.noGrad(() =>
      torch.scoped(() => {
        for (const gradient of torch.autograd.grads(params)) gradient?.detach_().zero_();
      }),
    );
  }

  /** State and options in PyTorch's structure; the tensors are the optimizer's own. */
  stateDict(): OptimizerStateDict {
    const numbers = new Map(this.paramGroups.flatMap((group) => group.params).map((param, number) => [param, number]));
    const param_groups = this.paramGroups.map(({ params, ...options }): PackedGroup => ({
      ...Object.fromEntries(Object.entries(options).map(([key, value]) => [snakeCase(key), value])),
      ...this.foreignOptions(),
      params: params.map((param) => numbers.get(param) as number),
    }));
    const filled = [...this.state].filter(([, values]) => Object.keys(values).length > 0);
    const state = Object.fromEntries(filled.map(([param, values]) => [numbers.get(param) as number, { ...values }]));
    return { state, param_groups };
  }

  /** The options of each group, as PyTorch prints them. */
  toString(): string {
    return printGroups(
      this.constructor.name,
      this.paramGroups.map((group) => ({ ...group, ...this.foreignOptions() })),
    );
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** Options that PyTorch's optimizer has and this one has no use for, at the value that means the same. */
  protected foreignOptions(): Record<string, unknown> {
    return {};
  }

  /** Takes copies of the tensors of `saved`, cast to the type and device of their parameters, and its options. */
  loadStateDict(saved: OptimizerStateDict): void {
    const params = this.#match(saved);
    this.state.clear();
    for (const [number, tensors] of Object.entries(saved.state)) {
      const param = params.get(Number(number));
      if (param === undefined)
        throw new InputError(
          `${this.constructor.name}: the loaded state is for a parameter ${number} that no group names.`,
        );
      this.state.set(
        param,
        torch.scoped(() => this.#adopt(param, tensors)),
      );
    }
    for (const [i, group] of this.paramGroups.entries()) {
      this.#loadOptions(group, saved.param_groups[i] as PackedGroup);
      this.forgetBatches(group);
    }
  }

  /** The parameters by their numbers in `saved`. */
  #match(saved: OptimizerStateDict): Map<number, Tensor> {
    const owner = this.constructor.name;
    if (saved.param_groups.length !== this.paramGroups.length) {
      const [found, expected] = [saved.param_groups.length, this.paramGroups.length];
      throw new InputError(
        `${owner}: loaded state dict has a different number of parameter groups: ${found}, expected ${expected}.`,
      );
    }
    const params = new Map<number, Tensor>();
    for (const [i, group] of this.paramGroups.entries()) {
      const numbers = (saved.param_groups[i] as PackedGroup).params;
      if (numbers.length !== group.params.length) {
        throw new InputError(
          `${owner}: loaded state dict contains a parameter group that doesn't match the size of optimizer's group: ` +
            `group ${i} has ${numbers.length} parameters, expected ${group.params.length}.`,
        );
      }
      for (const [j, number] of numbers.entries()) params.set(number, group.params[j] as Tensor);
    }
    return params;
  }

  #adopt(param: Tensor, values: Readonly<ParamState>): ParamState {
    const { dtype, device } = param;
    const adopted = Object.entries(values).map(([name, value]): [string, ParamState[string]] => {
      const copied = mapTensors(value, (tensor) => {
        this.checkState(name, tensor, param);
        // Scalars keep their own type: bfloat16 cannot count beyond 256.
        const cast = this.scalars.includes(name) ? { device: this.scalarDevice(param) } : { device, dtype };
        return keep(tensor.detach().to({ ...cast, copy: true }));
      });
      return [name, copied];
    });
    return Object.fromEntries(adopted);
  }

  /** Throws unless a loaded tensor fits its parameter. */
  protected checkState(name: string, tensor: Tensor, { shape }: Tensor): void {
    if (this.scalars.includes(name) || tensor.shape.join() === shape.join()) return;
    throw new InputError(
      `${this.constructor.name}: the loaded ${name} has shape [${tensor.shape.join(', ')}], its parameter [${shape.join(', ')}].`,
    );
  }

  #loadOptions(group: G, saved: PackedGroup): void {
    const { params: _, ...options } = saved;
    for (const [key, value] of Object.entries(options)) {
      const name = camelCase(key);
      if (schedulerOptions.includes(name) || Object.hasOwn(this.defaults, name)) Reflect.set(group, name, value);
    }
  }
}

/** The same value with other tensors in it. */
function mapTensors(value: StateValue, change: (tensor: Tensor) => Tensor): StateValue {
  if (value instanceof Tensor) return change(value);
  return Array.isArray(value) ? value.map((item) => mapTensors(item, change)) : value;
}
