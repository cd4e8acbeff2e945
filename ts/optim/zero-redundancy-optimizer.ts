/**
 * An optimizer whose state is spread over the processes: stage 1 of ZeRO (Rajbhandari et al. 2020, arXiv 1910.02054), as
 * torch.distributed.optim.ZeroRedundancyOptimizer partitions it.
 */
import { gatherObject } from '../distributed/objects';
import { start } from '../distributed/call';
import { recv, send } from '../distributed/point-to-point';
import { groupOf, type ProcessGroup } from '../distributed/process-group';
import { InputError } from '../errors';
import { expected, resolveOptions } from '../options';
import { empty, keep, Tensor, type DType } from '../tensor';
import { Optimizer, type Loss } from './optimizer';
import type { GroupInput, ParamGroup, ParamsInput } from './param-group';
import type { OptimizerStateDict, PackedGroup, ParamState, StateValue } from './state-dict';

/** A class of optimizers, such as `optim.AdamW`. */
export type OptimizerClass = new (...args: never) => Optimizer;

type GroupOf<C extends OptimizerClass> = InstanceType<C> extends Optimizer<infer G extends ParamGroup> ? G : ParamGroup;

/** What stands behind the parameters among the arguments of a constructor, where that is an object of options. */
type OptionsAmong<Args> = Args extends readonly [unknown, (infer Options)?]
  ? Args['length'] extends 1
    ? never
    : NonNullable<Options>
  : never;

type OptionsOf<C extends OptimizerClass> = C extends new (...args: infer Args) => unknown ? OptionsAmong<Args> : never;

export interface ZeroRedundancyOptions {
  /** The processes that the state is spread over. @default all */
  readonly processGroup?: ProcessGroup | null;
}

export interface ConsolidateOptions {
  /** The process that gets the whole state, its rank among all. @default 0 */
  readonly to?: number;
}

/** The state of one parameter, its tensors by their place among those that follow. */
type Described = Readonly<Record<string, DescribedValue>>;
type DescribedValue = number | null | { readonly shape: readonly number[]; readonly dtype: DType } | DescribedValue[];

const NAME = 'ZeroRedundancyOptimizer';

/**
 * Steps as another optimizer does, to the last bit, and keeps in each process only the state of a part of the parameters: each process
 * steps its own, and sends them to the others. All processes make it of the same parameters, and their gradients have to be the same, as
 * those of DistributedDataParallel are. `step()` waits for the other processes, and the event loop waits with it.
 *
 *     const optimizer = new torch.optim.ZeroRedundancyOptimizer(model.parameters(), torch.optim.AdamW, { lr: 1e-3 });
 *
 * The options are those of the class that is given, and `processGroup`. State dicts are whole: `consolidateStateDict()` brings all parts
 * to one process, whose `stateDict()` is then that of the plain optimizer; `loadStateDict()` takes such a one in every process.
 */
export class ZeroRedundancyOptimizer<C extends OptimizerClass = OptimizerClass> extends Optimizer<GroupOf<C>> {
  /** What this process remembers: of the parameters that it steps. */
  override readonly state: Map<Tensor, ParamState>;
  /** The optimizer of this process's parameters. */
  readonly optim: Optimizer<GroupOf<C>>;
  readonly #group: ProcessGroup;
  /** The process of each parameter, its rank in the group. */
  readonly #owners = new Map<Tensor, number>();
  /** Elements that each process steps. */
  readonly #sizes: number[];
  #whole: Map<Tensor, ParamState> | undefined;

  /** @param optimizerClass whose steps to make */
  constructor(
    params: ParamsInput<GroupOf<C>>,
    optimizerClass: C,
    options: OptionsOf<C> & ZeroRedundancyOptions = {} as never,
  ) {
    if (typeof optimizerClass !== 'function' || !(optimizerClass.prototype instanceof Optimizer))
      throw expected(NAME, 'a class of optimizers such as optim.AdamW for optimizerClass', optimizerClass);
    if (typeof options !== 'object' || options === null) throw expected(NAME, 'an object of options', options);
    const { processGroup, ...rest } = options as ZeroRedundancyOptions;
    const group = groupOf(NAME, processGroup);
    const Class = optimizerClass as unknown as new (params: unknown, options: object) => Optimizer<GroupOf<C>>;
    const optimizer = new Class(params, rest);
    super(optimizer.paramGroups, optimizer.defaults);
    this.optim = optimizer;
    this.state = optimizer.state;
    this.#group = group;
    this.#sizes = group.ranks.map(() => 0);
    for (const [i, { params: all }] of this.paramGroups.entries()) this.#take(i, all);
  }

  /** What the optimizer of this process sees to. */
  protected override check(): void {}
  protected override fillState(): void {}
  protected override update(): void {}

  override addParamGroup(input: GroupInput<GroupOf<C>>): void {
    if (!(#group in this)) return super.addParamGroup(input); // the constructor's, whose options are checked
    this.optim.addParamGroup(input);
    const added = this.optim.paramGroups.at(-1)!;
    super.addParamGroup(added);
    this.#take(this.paramGroups.length - 1, this.paramGroups.at(-1)!.params);
  }

  /** Gives the parameters of a group to processes, the largest first, each to the one that has least. */
  #take(group: number, params: readonly Tensor[]): void {
    for (const param of [...params].sort((a, b) => b.numel() - a.numel())) {
      const owner = this.#sizes.indexOf(Math.min(...this.#sizes));
      this.#owners.set(param, owner);
      this.#sizes[owner]! += param.numel();
    }
    this.optim.paramGroups[group]!.params = this.#own(params);
  }

  #own(params: readonly Tensor[]): Tensor[] {
    return params.filter((param) => this.#owners.get(param) === this.#group.rank);
  }

  override step(): null;
  override step<T extends Loss>(closure: () => T): T;
  override step(closure?: () => Loss): Loss | null {
    const loss = closure === undefined ? null : this.evaluate(closure);
    this.#whole = undefined;
    this.#passOptions();
    this.optim.step();
    const group = this.#group;
    const sent = this.#params().map((param) =>
      start(NAME, 'broadcast', { inputs: [param], peer: this.#owners.get(param)!, group }),
    );
    for (const work of sent) work.wait();
    return loss;
  }

  #params(): Tensor[] {
    return this.paramGroups.flatMap(({ params }) => params);
  }

  /** Options may have been changed, by schedulers for instance. */
  #passOptions(): void {
    for (const [i, { params: _, ...options }] of this.paramGroups.entries())
      Object.assign(this.optim.paramGroups[i]!, options);
  }

  /** Brings the state of all processes to one of them, until the next step. All processes call it. */
  async consolidateStateDict(options: ConsolidateOptions = {}): Promise<void> {
    const { to } = resolveOptions<Required<ConsolidateOptions>>('consolidateStateDict', { to: 0 }, options);
    const group = this.#group;
    group.rankOf('consolidateStateDict', 'to', to);
    const params = this.#params();
    const own = [...params.entries()].filter(([, param]) => this.state.has(param));
    const described = own.map(([number, param]): [number, Described] => [number, describe(this.state.get(param)!)]);
    const all = await gatherObject(described, { dst: to, group });
    if (all === null) {
      for (const [, param] of own)
        for (const tensor of tensorsOf(this.state.get(param)!, group.backends)) await send(tensor, to, { group });
      return;
    }
    const whole = new Map<Tensor, ParamState>();
    for (const [rank, states] of all.entries())
      for (const [number, state] of states) {
        const param = params[number]!;
        whole.set(param, this.state.get(param) ?? (await receive(state, group.ranks[rank]!, group)));
      }
    this.#whole = whole;
  }

  /**
   * State and options as the plain optimizer has them; the tensors of other processes lie on the CPU.
   * @throws InputError in a process that `consolidateStateDict` has not brought the state to since the last step
   */
  override stateDict(): OptimizerStateDict {
    const whole = this.#group.size === 1 ? this.state : this.#whole;
    if (whole === undefined) {
      const rank = this.#group.ranks[this.#group.rank]!;
      throw new InputError(
        `${NAME}.stateDict: expected the state of all processes, found that of process ${rank} alone; ` +
          `await consolidateStateDict({ to: ${rank} }) in every process after the last step`,
      );
    }
    this.#passOptions();
    const numbers = new Map(this.#params().map((param, number) => [param, number]));
    const param_groups = this.optim.stateDict().param_groups.map((group, i) => ({
      ...group,
      params: this.paramGroups[i]!.params.map((param) => numbers.get(param)!),
    }));
    const state = Object.fromEntries([...whole].map(([param, values]) => [numbers.get(param)!, { ...values }]));
    return { state, param_groups };
  }

  /** Takes of a whole state what this process sees to, and the options. */
  override loadStateDict(saved: OptimizerStateDict): void {
    super.loadStateDict({ state: {}, param_groups: saved.param_groups }); // the options, and whether the groups fit
    const known = new Set(saved.param_groups.flatMap(({ params }) => params));
    const stray = Object.keys(saved.state).find((number) => !known.has(Number(number)));
    if (stray !== undefined)
      throw new InputError(`${NAME}: the loaded state is for a parameter ${stray} that no group names.`);
    const param_groups = saved.param_groups.map((group, i): PackedGroup => {
      const { params } = this.paramGroups[i]!;
      return { ...group, params: group.params.filter((_, j) => this.#owners.get(params[j]!) === this.#group.rank) };
    });
    const own = param_groups.flatMap(({ params }) => params).filter((number) => number in saved.state);
    const state = Object.fromEntries(own.map((number) => [number, saved.state[number]!]));
    this.#whole = undefined;
    this.optim.loadStateDict({ state, param_groups });
  }
}

function describe(state: ParamState): Described {
  const described = (value: StateValue): DescribedValue => {
    if (value instanceof Tensor) return { shape: value.shape, dtype: value.dtype };
    return Array.isArray(value) ? value.map(described) : value;
  };
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, described(value)]));
}

/** The tensors of a state in the order in which it describes them, as they are sent. */
function tensorsOf(value: ParamState | StateValue, { carrier }: Pick<ProcessGroup['backends'], 'carrier'>): Tensor[] {
  if (value instanceof Tensor) return [value.detach().to(carrier).contiguous()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((part) => tensorsOf(part, { carrier }));
}

async function receive(state: Described, src: number, group: ProcessGroup): Promise<ParamState> {
  const received = async (value: DescribedValue): Promise<StateValue> => {
    if (Array.isArray(value)) {
      const values: StateValue[] = [];
      for (const item of value) values.push(await received(item));
      return values;
    }
    if (typeof value !== 'object' || value === null) return value;
    const tensor = keep(empty(value.shape, { dtype: value.dtype, device: group.backends.carrier }));
    await recv(tensor, src, { group });
    return tensor.cpu();
  };
  const result: ParamState = {};
  for (const [name, value] of Object.entries(state)) result[name] = await received(value);
  return result;
}
