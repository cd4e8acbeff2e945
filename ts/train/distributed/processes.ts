/** The processes that train one model together: which of them this one is, and how they agree. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as distributed from '../../distributed';
import { groupOf, type ProcessGroup } from '../../distributed/process-group';
import { DistributedError, InputError } from '../../errors';
import { isError } from '../../native/realm';
import { fromTypedArray, keep } from '../../tensor';

/** What a launcher sets for each process; without all of them there is none. */
const VARIABLES = ['RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT'] as const;

/** How often processes hear of each other while one of them is at work: well below the time limit of a call. */
const PERIOD_MS = 10_000;
/** How long the process that ended a training may take to say why. */
const REASON_MS = 2000;
/** Where it says so. */
const REASON = 'reason';

/** One program makes one group of them, however many trainings it runs. */
let joined: { readonly all: ProcessGroup; readonly processes: Promise<Processes> } | undefined;

/**
 * The processes of `torch.distributed`, as a training sees them. It speaks through a group of its own: so its calls do not mix with those
 * that an evaluation makes meanwhile, and closing it ends the waiting of the others without harm to the group of all.
 */
export class Processes {
  readonly rank: number;
  readonly size: number;
  readonly #group: ProcessGroup;
  /** The error of another process, once it is known. */
  #ended: DistributedError | undefined;

  private constructor(group: ProcessGroup) {
    this.#group = group;
    this.rank = group.rank;
    this.size = group.size;
  }

  /**
   * All processes call it. Where there is no process group yet and a launcher has started this process, it makes one.
   * @returns undefined for one process alone
   */
  static async join(): Promise<Processes | undefined> {
    if (!distributed.isInitialized()) {
      if (!isLaunched()) return undefined;
      await distributed.initProcessGroup();
    }
    const all = groupOf('fit', null);
    if (all.size === 1) return undefined;
    if (joined?.all !== all) joined = { all, processes: Processes.#open(all) };
    return joined.processes;
  }

  /** Numbers and results travel in tensors of the CPU. */
  static async #open({ timeout, backends }: ProcessGroup): Promise<Processes> {
    const backend = backends.cpu ? null : `cpu:gloo,cuda:${backends.cuda}`;
    return new Processes(await distributed.newGroup({ timeout, backend }));
  }

  /** Whether this is the one that writes and prints. */
  get isFirst(): boolean {
    return this.rank === 0;
  }

  /** What gradients are averaged over. */
  get group(): ProcessGroup {
    return this.#group;
  }

  /** The sums over all processes, one for each of the values; all pass equally many. */
  sum(values: readonly number[]): Promise<number[]> {
    return this.#reduce(values, 'sum');
  }

  /** The largest of all processes, likewise. */
  max(values: readonly number[]): Promise<number[]> {
    return this.#reduce(values, 'max');
  }

  async #reduce(values: readonly number[], op: 'sum' | 'max'): Promise<number[]> {
    const tensor = keep(fromTypedArray(Float64Array.from(values)));
    try {
      await distributed.allReduce(tensor, { group: this.#group, op });
      return Array.from(tensor.data() as Float64Array);
    } finally {
      tensor.dispose();
    }
  }

  /** The values of all processes, by rank. */
  gather<T>(value: T): Promise<T[]> {
    return distributed.allGatherObject(value, { group: this.#group });
  }

  /** The value of the first process. */
  async ofFirst<T>(value: T): Promise<T> {
    const list = [value];
    await distributed.broadcastObjectList(list, 0, { group: this.#group });
    return list[0]!;
  }

  /**
   * Does `work` in each process, however long it takes, and returns once all have done it; they hear of each other meanwhile. What goes
   * wrong in one ends it in all.
   * @param report numbers that are summed over all, when all are done
   * @throws what `work` throws, in another process a DistributedError that says it
   */
  async meet<T>(work: () => T | Promise<T>, report: () => readonly number[] = () => []): Promise<Meeting<T>> {
    const own = new Work(work);
    for (;;) {
      await own.settled(PERIOD_MS);
      if (own.failed) await this.#tell(own.failed.error);
      const [waiting, failed, ...sums] = await this.sum([
        Number(!own.done),
        Number(own.failed !== undefined),
        ...report(),
      ]);
      if (own.failed) throw own.failed.error;
      if (failed! > 0) throw await this.#reason();
      if (waiting === 0) return { value: own.done!.value, sums };
    }
  }

  /** Does `work` in the first process, and then in the others, which find done what it has prepared. */
  async firstThenOthers<T>(work: () => T | Promise<T>): Promise<T> {
    const { value: first } = await this.meet(() => (this.isFirst ? work() : undefined));
    const { value: later } = await this.meet(() => (this.isFirst ? undefined : work()));
    return (this.isFirst ? first : later) as T;
  }

  /**
   * What `work` gives in each process, by rank. It goes through the group of all, so that it may be part of the work of a meeting.
   * @throws what `work` throws in this process, else in another one
   */
  async together<T>(work: () => T | Promise<T>): Promise<T[]> {
    const own = new Work(work);
    await own.ended;
    const { error } = own.failed ?? {};
    const failure = own.failed && { message: messageOf(error), isInput: error instanceof InputError };
    const all = await distributed.allGatherObject({ value: own.done?.value as T, failure });
    if (own.failed) throw error;
    const rank = all.findIndex((one) => one.failure !== undefined);
    if (rank < 0) return all.map(({ value }) => value);
    const { message, isInput } = all[rank]!.failure!;
    throw isInput ? new InputError(message) : new DistributedError(`The process of rank ${rank} failed: ${message}`);
  }

  /**
   * Ends what the others wait for, after an error that this process goes on no further from.
   * @returns the error, or where it only follows from that of another process one that says so
   */
  async fail(error: unknown): Promise<unknown> {
    if (joined === undefined) return error; // they were ended before
    const cause = error instanceof DistributedError ? await this.#reason(error) : error;
    if (cause === error) await this.#tell(error);
    joined = undefined;
    await distributed.destroyProcessGroup(this.#group).catch(() => {});
    return cause;
  }

  async #tell(error: unknown): Promise<void> {
    const message = messageOf(error);
    // The store may have gone with the process that kept it.
    await this.#group.store.compareSet(REASON, '', JSON.stringify([this.rank, message])).catch(() => {});
  }

  /** Why another process ended the training; `error` itself where none has said why. */
  async #reason(error = new DistributedError('Another process ended the training.')): Promise<DistributedError> {
    if (this.#ended) return this.#ended;
    const { store } = this.#group;
    try {
      await store.wait([REASON], { timeout: REASON_MS });
      const [rank, message] = JSON.parse((await store.get(REASON)).toString()) as [number, string];
      if (rank === this.rank) return error;
      this.#ended = new DistributedError(`The process of rank ${rank} ended the training: ${message}`, {
        cause: error,
      });
      return this.#ended;
    } catch {
      return error;
    }
  }
}

/** `Processes.firstThenOthers`, or `work` where there is one process alone. */
export async function inTurn<T>(processes: Processes | undefined, work: () => T | Promise<T>): Promise<T> {
  return processes ? processes.firstThenOthers(work) : work();
}

function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}

/** What a meeting has come to. */
export interface Meeting<T> {
  readonly value: T;
  readonly sums: readonly number[];
}

/** Some work that has begun. */
class Work<T> {
  done: { readonly value: T } | undefined;
  failed: { readonly error: unknown } | undefined;
  readonly ended: Promise<void>;

  constructor(work: () => T | Promise<T>) {
    this.ended = this.#run(work);
  }

  async #run(work: () => T | Promise<T>): Promise<void> {
    try {
      this.done = { value: await work() };
    } catch (error) {
      this.failed = { error };
    }
  }

  /** Waits for its end, but no longer. */
  async settled(limitMs: number): Promise<void> {
    const timer = new AbortController();
    const limit = sleep(limitMs, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([this.ended, limit]);
    timer.abort();
  }
}

/** Whether the environment says that there are others. @throws InputError for numbers that are none */
function isLaunched(): boolean {
  if (!distributed.isAvailable() || VARIABLES.some((name) => !process.env[name])) return false;
  const size = Number(process.env['WORLD_SIZE']);
  if (!Number.isInteger(size) || size < 1)
    throw new InputError(`WORLD_SIZE: expected a whole number from 1 on, found ${process.env['WORLD_SIZE']}`);
  return size > 1;
}
