/** Nodes that find each other at an endpoint: any of them may fail, go or come, as long as enough are there. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TCPStore } from '../../distributed';
import { DistributedTimeoutError, InputError } from '../../errors';
import { Coordinator } from './coordinator';
import type { Terms } from './decide';
import { openEndpoint, type Endpoint } from './endpoint';
import { JobStore, type JobState } from './job-store';
import { sentenceOf, type Outcome, type Rendezvous, type Round } from './round';

export interface ElasticOptions {
  readonly endpoint: Endpoint;
  /** Whether this launcher serves the endpoint; null where that follows from its host. */
  readonly isHost: boolean | null;
  /** The name of the job. */
  readonly id: string;
  /** Processes on this node. */
  readonly nproc: number;
  /** Where the others reach this node, if it is the first; null for the host of the endpoint. */
  readonly localAddr: string | null;
  /** Those of the launcher that serves the endpoint hold. */
  readonly terms: Terms;
  /** How often a node gives a sign of life, in milliseconds. */
  readonly keepAliveIntervalMs: number;
}

const POLL_MS = 100;
/** Which job a store is for. */
const NAME_KEY = 'torchts.run';
/** How long a launcher that lost its host may take to end by itself. */
const LAST_WORDS_MS = 1_000;

type Running = Extract<JobState, { phase: 'running' }>;

export class ElasticRendezvous implements Rendezvous {
  readonly #options: ElasticOptions;
  readonly #say: (sentence: string) => void;
  readonly #store: TCPStore;
  readonly #job: JobStore;
  readonly #id: number;
  readonly #coordinator: Coordinator | undefined;
  #state: JobState | undefined;
  #lost: InputError | undefined;
  #wake: () => void = () => undefined;
  #lastBeat = -Infinity;
  /** The round that this node takes part in, and what ends it. */
  #round = -1;
  #ending = new AbortController();
  #isClosed = false;

  private constructor(
    options: ElasticOptions,
    say: (sentence: string) => void,
    store: TCPStore,
    job: JobStore,
    id: number,
    coordinator: Coordinator | undefined,
  ) {
    this.#options = options;
    this.#say = say;
    this.#store = store;
    this.#job = job;
    this.#id = id;
    this.#coordinator = coordinator;
  }

  /**
   * Joins the job at its endpoint.
   * @param say gets a sentence about each round
   * @throws InputError when nobody serves the endpoint in time
   */
  static async join(options: ElasticOptions, say: (sentence: string) => void): Promise<ElasticRendezvous> {
    const { endpoint, id: name, isHost, localAddr, nproc, terms } = options;
    const { store, serves } = await openEndpoint(endpoint, terms.joinTimeoutMs, isHost);
    await checkName(store, serves, options);
    const job = new JobStore(store, name);
    const id = await job.enroll({ host: hostname(), nproc });
    const coordinator = serves ? new Coordinator(job, terms, id, localAddr ?? endpoint.host) : undefined;
    const rendezvous = new ElasticRendezvous(options, say, store, job, id, coordinator);
    await coordinator?.start((error) => rendezvous.#lose(error));
    void rendezvous.#watch();
    return rendezvous;
  }

  async next(): Promise<Round | undefined> {
    for (;;) {
      if (this.#lost) throw this.#lost;
      const state = this.#state;
      if (state?.phase === 'over') {
        if (state.failure === null) return undefined;
        throw new InputError(state.failure);
      }
      if (state?.phase === 'running' && state.round > this.#round && this.#indexIn(state) >= 0)
        return this.#begin(state);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async report(outcome: Outcome): Promise<void> {
    if (this.#lost) throw this.#lost;
    if (this.#state?.phase === 'over') return;
    const failure = typeof outcome === 'string' ? null : sentenceOf(outcome);
    await this.#told(
      this.#job.report(this.#round, this.#id, { outcome: typeof outcome === 'string' ? outcome : 'failed', failure }),
    );
    if (this.#lost) throw this.#lost;
  }

  async leave(reason: string): Promise<void> {
    if (this.#lost || this.#state?.phase === 'over') return;
    const launcher = `The launcher on node ${this.#id} (${hostname()}), which serves the job, has left`;
    if (this.#coordinator) await this.#coordinator.end(`${launcher}: ${reason}.`);
    else await this.#told(this.#job.leave(this.#id, reason));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#lost) {
      // A call to a host that is gone may never return, and the process would wait for it.
      setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
      return;
    }
    await this.#coordinator?.close();
    await this.#store.close();
  }

  /** A host that is gone meanwhile cannot be told, and must not be waited for. */
  async #told(telling: Promise<void>): Promise<void> {
    try {
      await within(this.#options.terms.keepAliveMs, telling);
    } catch (error) {
      this.#lose(error);
    }
  }

  #begin(state: Running): Round {
    const groupRank = this.#indexIn(state);
    const counts = state.nodes.map(({ nproc }) => nproc);
    const sum = (upTo: number) => counts.slice(0, upTo).reduce((total, count) => total + count, 0);
    const worldSize = sum(counts.length);
    this.#say(
      `round ${state.round}: ${counted(counts.length, 'node')}, ${counted(worldSize, 'process', 'processes')}; this is node ${this.#id}`,
    );
    this.#round = state.round;
    this.#ending = new AbortController();
    return {
      number: state.round,
      groupRank,
      groupWorldSize: counts.length,
      firstRank: sum(groupRank),
      worldSize,
      masterAddr: state.masterAddr,
      masterPort: state.masterPort,
      signal: this.#ending.signal,
    };
  }

  #indexIn(state: Running): number {
    return state.nodes.findIndex(({ id }) => id === this.#id);
  }

  /** Reads the state again and again, and gives signs of life. */
  async #watch(): Promise<void> {
    while (!this.#isClosed && this.#state?.phase !== 'over') {
      try {
        await within(this.#options.terms.keepAliveMs, this.#exchange());
      } catch (error) {
        if (!this.#isClosed) this.#lose(error);
        return;
      }
      await sleep(POLL_MS);
    }
  }

  async #exchange(): Promise<void> {
    if (performance.now() - this.#lastBeat >= this.#options.keepAliveIntervalMs) {
      await this.#job.beat(this.#id);
      this.#lastBeat = performance.now();
    }
    const state = await this.#job.state();
    const isNew = state?.phase !== this.#state?.phase || state?.round !== this.#state?.round;
    this.#state = state;
    if (!isNew) return;
    if (state?.phase === 'meeting' && state.reason !== null) this.#say(state.reason);
    if (state?.phase !== 'running' || state.round !== this.#round) this.#ending.abort();
    this.#wake();
    // The host waits for nodes to have read this before it goes.
    if (state?.phase === 'over' && !this.#coordinator) await this.#job.leave(this.#id, 'the job is over');
  }

  #lose(cause: unknown): void {
    // The host may be gone then.
    if (this.#state?.phase === 'over') return;
    if (cause instanceof InputError) this.#lost = cause;
    else {
      const { host, port } = this.#options.endpoint;
      this.#lost = new InputError(
        `The connection to the launcher that serves ${host}:${port} was lost, so the processes here were stopped; start the launchers again, that of ${host} first.`,
        { cause },
      );
    }
    this.#ending.abort();
    this.#wake();
  }
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** @throws InputError when the endpoint serves something else than the job of this name */
async function checkName(store: TCPStore, serves: boolean, { id, endpoint }: ElasticOptions): Promise<void> {
  if (serves) return store.set(NAME_KEY, id);
  const found = await nameIn(store);
  if (found === id) return;
  throw new InputError(
    `Expected the job ${id} at ${endpoint.host}:${endpoint.port}, found ${found === undefined ? 'a store without one' : `the job ${found}`}; give all launchers of a job the same --rdzv-id, and no other program this port.`,
  );
}

async function nameIn(store: TCPStore): Promise<string | undefined> {
  try {
    return (await store.get(NAME_KEY)).toString();
  } catch (error) {
    if (error instanceof DistributedTimeoutError) return undefined;
    throw error;
  }
}

/** @throws Error when the promise takes longer */
async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
