/** Begins and ends what processes do together. */
import { isMainThread } from 'node:worker_threads';
import { DistributedTimeoutError, InputError } from '../errors';
import { bindArguments, expected, resolveOptions, type Given } from '../options';
import { Backends } from './backends';
import { groupOf, makeGroup, world, type ProcessGroup } from './process-group';
import { checkRank, rendezvous } from './rendezvous';
import { checkTimeout, PrefixStore, Store } from './store';

/** PyTorch's time limit for Gloo, in milliseconds. */
const DEFAULT_TIMEOUT = 30 * 60_000;

export interface InitOptions {
  /**
   * `gloo` for tensors of any device, `nccl` for those of NVIDIA's GPUs; by device as `cpu:gloo,cuda:nccl`.
   * @default both where there is a GPU and NCCL is compiled in, else gloo
   */
  readonly backend?: string | null;
  /** Where the processes meet: `env://`, `tcp://host:port`, `file:///path`. @default env:// */
  readonly initMethod?: string | null;
  /** How long a call waits for the other processes, in milliseconds. @default 1800000 */
  readonly timeout?: number | null;
  /** Number of processes. @default that of the environment or the URL */
  readonly worldSize?: number | null;
  /** Rank of this process. @default that of the environment or the URL */
  readonly rank?: number | null;
  /** In place of `initMethod`: where the processes meet. It stays the caller's, who closes it. */
  readonly store?: Store | null;
}

const DEFAULTS: Required<InitOptions> = {
  backend: null,
  initMethod: null,
  timeout: null,
  worldSize: null,
  rank: null,
  store: null,
};

/**
 * Joins the other processes in the group that calls take by default. All of them call it; it waits for the last.
 *
 *     await torch.distributed.initProcessGroup();                                     // under `torchts run` or torchrun
 *     await torch.distributed.initProcessGroup('gloo', { initMethod: 'tcp://10.0.0.1:29500', rank: 1, worldSize: 2 });
 *
 * @throws InputError for what is missing, in a worker thread, and when it was called already
 * @throws DistributedTimeoutError when the others are not there in time
 */
export function initProcessGroup(options?: InitOptions): Promise<void>;
export function initProcessGroup(backend: string | null, options?: Omit<InitOptions, 'backend'>): Promise<void>;
export async function initProcessGroup(...args: unknown[]): Promise<void> {
  const given = bindArguments('initProcessGroup', DEFAULTS, args);
  const backends = Backends.of('initProcessGroup', given.backend);
  const timeout = checkTimeout('initProcessGroup', given.timeout ?? DEFAULT_TIMEOUT);
  if (world.group || world.store)
    throw new InputError('initProcessGroup: expected one call, found a second; call destroyProcessGroup() before');
  const met = await meet(given, timeout);
  try {
    world.store = met.store;
    const ranks = Array.from({ length: met.worldSize }, (_, i) => i);
    world.group = await makeGroup('initProcessGroup', { backends, store: met.store, ranks, rank: met.rank, timeout });
  } catch (error) {
    await forget();
    throw error;
  }
  if (process.env.TORCH_DIST_INIT_BARRIER === '1') await storeBarrier('0', met.rank, met.worldSize, timeout);
}

interface Met {
  readonly store: Store;
  readonly rank: number;
  readonly worldSize: number;
}

async function meet({ store, initMethod, rank, worldSize }: Required<InitOptions>, timeout: number): Promise<Met> {
  if (store === null) {
    const met = await rendezvous(initMethod ?? 'env://', { rank, worldSize, timeout });
    // Python's prefix, as the names of groups are Python's, or processes of both would not find each other.
    const prefixed = new PrefixStore('default_pg', met.store);
    world.own = [prefixed, met.store];
    return { ...met, store: prefixed };
  }
  if (!(store instanceof Store)) throw expected('initProcessGroup', 'a store', store);
  if (initMethod !== null) throw new InputError('initProcessGroup: expected initMethod or store, found both');
  if (rank === null || worldSize === null)
    throw new InputError('initProcessGroup: expected rank and worldSize with a store, found none');
  checkRank(rank, worldSize);
  return { store, rank, worldSize };
}

/** Whether there is a group of all processes. */
export function isInitialized(): boolean {
  return world.group !== undefined;
}

/** Whether processes can be spoken to from here: not from worker threads. */
export function isAvailable(): boolean {
  return isMainThread;
}

/** The rank of this process in a group, -1 where it is none of its processes. @default the group of all */
export function getRank(group?: ProcessGroup | null): number {
  return groupOf('getRank', group).rank;
}

/** The number of processes of a group. @default the group of all */
export function getWorldSize(group?: ProcessGroup | null): number {
  return groupOf('getWorldSize', group).size;
}

/** What a group calls through, such as `gloo` or `cpu:gloo,cuda:nccl`. @default the group of all */
export function getBackend(group?: ProcessGroup | null): string {
  return groupOf('getBackend', group).backends.name;
}

/** The ranks of a group's processes among all. @default the group of all */
export function getProcessGroupRanks(group?: ProcessGroup | null): number[] {
  return [...groupOf('getProcessGroupRanks', group).ranks];
}

/** The rank in a group of the process whose rank among all is `globalRank`. */
export function getGroupRank(group: ProcessGroup, globalRank: number): number {
  return groupOf('getGroupRank', group).rankOf('getGroupRank', 'globalRank', globalRank);
}

/** The rank among all of the process whose rank in a group is `groupRank`. */
export function getGlobalRank(group: ProcessGroup, groupRank: number): number {
  const { ranks } = groupOf('getGlobalRank', group);
  const found = ranks[groupRank];
  if (found === undefined)
    throw expected('getGlobalRank', `a rank from 0 to ${ranks.length - 1}`, groupRank, '', InputError);
  return found;
}

export interface NewGroupOptions {
  /** Ranks of its processes among all; null for all. @default null */
  readonly ranks?: readonly number[] | null;
  /** Milliseconds. @default 1800000 */
  readonly timeout?: number | null;
  /** @default that of the group of all */
  readonly backend?: string | null;
}

/**
 * Makes a group of some processes. All processes call it, in the same order, those that do not belong to it as well: they get a
 * group in which their rank is -1.
 */
export async function newGroup(
  ranks?: readonly number[] | null | NewGroupOptions,
  options: Omit<NewGroupOptions, 'ranks'> = {},
): Promise<ProcessGroup> {
  const all = groupOf('newGroup', null);
  const named: Given<NewGroupOptions> = Array.isArray(ranks) ? { ...options, ranks } : { ...ranks, ...options };
  const given = resolveOptions<Required<NewGroupOptions>>(
    'newGroup',
    { ranks: null, timeout: null, backend: null },
    named,
  );
  const backends = given.backend === null ? all.backends : Backends.of('newGroup', given.backend);
  const members = [...(given.ranks ?? all.ranks)].sort((a, b) => a - b);
  if (new Set(members).size < members.length || members.length === 0)
    throw expected('newGroup', 'ranks of which each is there once', members, '', InputError);
  for (const rank of members) all.rankOf('newGroup', 'ranks', rank);
  const timeout = checkTimeout('newGroup', given.timeout ?? DEFAULT_TIMEOUT);
  return makeGroup('newGroup', { backends, store: all.store, ranks: members, rank: all.rank, timeout });
}

/**
 * Leaves a group, or all of them where none is given; waits for calls that were begun.
 * @throws InputError when there is none
 */
export async function destroyProcessGroup(group?: ProcessGroup | null): Promise<void> {
  const destroyed = groupOf('destroyProcessGroup', group);
  if (destroyed !== world.group) {
    world.groups.delete(destroyed);
    await destroyed.destroy();
    return;
  }
  await forget();
}

async function forget(): Promise<void> {
  const { groups, own } = world;
  Object.assign(world, { group: undefined, store: undefined, groups: new Set(), own: [], count: 0 });
  for (const group of [...groups].reverse()) await group.destroy();
  for (const store of own) await store.close();
}

/** Waits for all processes by counting them in the store, as PyTorch does where TORCH_DIST_INIT_BARRIER asks for it. */
async function storeBarrier(name: string, rank: number, worldSize: number, timeout: number): Promise<void> {
  const store = world.store!;
  const key = `store_based_barrier_key:${name}`;
  const last = `${key}:last_worker`;
  if ((await store.add(key, 1)) === worldSize) await store.set(last, '1');
  try {
    await store.wait([last], { timeout });
  } catch (error) {
    if (!(error instanceof DistributedTimeoutError)) throw error;
    const there = await store.add(key, 0);
    throw new DistributedTimeoutError(
      `initProcessGroup on rank ${rank} of ${worldSize}: expected all processes within ${timeout} ms, found ${there}`,
      { cause: error },
    );
  }
}
