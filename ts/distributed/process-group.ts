/** Process groups, and the one of all processes that calls take where they are given none. */
import { DistributedTimeoutError, InputError } from '../errors';
import { distributedBinding as native, ncclFactory } from '../native/distributed-binding';
import { guarded, guardedPromise } from '../native/typed-errors';
import { expected } from '../options';
import { context } from '../tensor/core/context';
import type { Backends } from './backends';
import { PrefixStore, type Store } from './store';

/** Some processes that call each other; made by `initProcessGroup` and `newGroup`. */
export class ProcessGroup {
  #number: number | undefined;
  /** Ends when a call ends before which no other may begin. */
  #exclusive: Promise<unknown> | undefined;
  readonly #users = new Set<() => void>();

  /** @internal */
  constructor(
    number: number | undefined,
    /** The ranks of its processes among all, by their ranks in the group. */
    readonly ranks: readonly number[],
    /** The rank of this process in the group; -1 where it is none of its processes. */
    readonly rank: number,
    /** How long a call waits for the others, in milliseconds. */
    readonly timeout: number,
    /** The keys of the group. */
    readonly store: Store,
    /** @internal what it calls through */
    readonly backends: Backends,
  ) {
    this.#number = number;
  }

  /** Number of its processes. */
  get size(): number {
    return this.ranks.length;
  }

  /** @internal the number of the native group */
  numberFor(call: string): number {
    if (this.rank < 0)
      throw new InputError(
        `${call}: expected a group that this process belongs to, found one of the ranks ${this.ranks.join(', ')}`,
      );
    if (this.#number === undefined) throw new InputError(`${call}: the process group was destroyed`);
    return this.#number;
  }

  /** @internal how messages name a call of this process */
  describeCall(call: string): string {
    return `${call} on rank ${this.ranks[this.rank]} of ${world.group?.size ?? this.size}`;
  }

  /** @internal the rank in the group of the process whose rank among all is `rank` */
  rankOf(call: string, name: string, rank: number): number {
    const found = this.ranks.indexOf(rank);
    if (found < 0)
      throw expected(call, `one of the group's ranks ${this.ranks.join(', ')} for ${name}`, rank, '', InputError);
    return found;
  }

  /**
   * @internal begins a call. In the same turn of the event loop, so that all ranks see one order, unless an exclusive one runs
   * @param exclusive whether later calls begin when it has ended
   */
  async begin<T>(call: string, body: (number: number) => Promise<T>, exclusive = false): Promise<T> {
    const number = this.numberFor(call);
    while (this.#exclusive) await this.#exclusive;
    context(); // brings its device and streams into force
    const running = guardedPromise(this.describeCall(call), () => body(number));
    if (!exclusive) return running;
    const ended = running.then(
      () => undefined,
      () => undefined,
    );
    this.#exclusive = ended;
    try {
      return await running;
    } finally {
      if (this.#exclusive === ended) this.#exclusive = undefined;
    }
  }

  /**
   * @internal begins a call now, that is not awaited
   * @throws InputError while an exclusive call runs, whose end would have to be awaited
   */
  start<T>(call: string, body: (number: number) => T): T {
    const number = this.numberFor(call);
    if (this.#exclusive)
      throw new InputError(`${call}: expected no monitoredBarrier that still runs, found one; await it before`);
    context(); // brings its device and streams into force
    return guarded(this.describeCall(call), () => body(number));
  }

  /** @internal a copy of a module calls the same processes */
  deepCopy(_copy: unknown, made: (result: object) => void): this {
    made(this);
    return this;
  }

  /**
   * @internal calls `end` before the group is destroyed
   * @returns what takes that back, and says whether it was still to come
   */
  onDestroy(end: () => void): () => boolean {
    this.#users.add(end);
    return () => this.#users.delete(end);
  }

  /** @internal closes its connections, after what was begun has ended */
  async destroy(): Promise<void> {
    const number = this.#number;
    for (const end of this.#users) end();
    this.#users.clear();
    this.#number = undefined;
    if (number !== undefined) await native().groupFree(number);
    await this.store.close();
  }
}

/** All processes, and the groups among them. */
export const world: {
  group: ProcessGroup | undefined;
  /** Above the keys of the groups. */
  store: Store | undefined;
  groups: Set<ProcessGroup>;
  /** Stores that were made for the group of all, and end with it. */
  own: Store[];
  /** How many groups were made: their names, the same in every process. */
  count: number;
} = { group: undefined, store: undefined, groups: new Set(), own: [], count: 0 };

/** The group of a call: the one of all processes where none is given. */
export function groupOf(call: string, group: ProcessGroup | null | undefined): ProcessGroup {
  if (group instanceof ProcessGroup) return group;
  if (group != null) throw expected(call, 'a process group', group);
  if (world.group) return world.group;
  throw new InputError(
    `${call}: expected a process group, found none; call torch.distributed.initProcessGroup() first`,
  );
}

/** What a group is made of. */
export interface GroupPlan {
  readonly backends: Backends;
  /** Above the keys of the group: for the first group that of the rendezvous, for the others the first's. */
  readonly store: Store;
  /** Of its processes, among all. */
  readonly ranks: readonly number[];
  /** Of this process, among all. */
  readonly rank: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Makes a group, whose keys are where PyTorch has them, and adds it to the groups. */
export async function makeGroup(call: string, plan: GroupPlan): Promise<ProcessGroup> {
  const { backends, ranks, rank, timeout } = plan;
  const name = String(world.count++);
  const keys = new PrefixStore(`${name}/`, plan.store);
  const member = ranks.indexOf(rank);
  if (member < 0) return new ProcessGroup(undefined, ranks, -1, timeout, keys, backends);
  const stores = {
    gloo: backends.has('gloo') ? new PrefixStore(backends.cpu ? 'cpu/' : 'cuda/', keys) : null,
    nccl: backends.has('nccl') ? new PrefixStore('cuda/', keys) : null,
  };
  const where = `${call} on rank ${rank} of ${world.group?.size ?? ranks.length}`;
  try {
    const number = await guardedPromise(where, () =>
      native().groupNew(
        stores.gloo && stores.gloo._number,
        stores.nccl && stores.nccl._number,
        stores.nccl && ncclFactory(),
        keys._number,
        member,
        ranks.length,
        timeout,
        name,
      ),
    );
    const group = new ProcessGroup(number, ranks, member, timeout, keys, backends);
    world.groups.add(group);
    return group;
  } catch (error) {
    const missing =
      error instanceof DistributedTimeoutError && stores.gloo ? await missingRanks(stores.gloo, ranks) : [];
    if (missing.length === 0 || missing.includes(rank)) throw error;
    throw new DistributedTimeoutError(
      `${where}: expected the ranks ${ranks.join(', ')} within ${timeout} ms, missed ${missing.join(', ')}`,
      { cause: error },
    );
  } finally {
    await stores.gloo?.close();
    await stores.nccl?.close();
  }
}

/** The ranks whose processes have not written where they are reached, which Gloo does under `0/<rank in the group>`. */
async function missingRanks(keys: Store, ranks: readonly number[]): Promise<number[]> {
  const found = await Promise.all(ranks.map((_, member) => keys.check([`0/${member}`])));
  return ranks.filter((_, member) => !found[member]);
}
