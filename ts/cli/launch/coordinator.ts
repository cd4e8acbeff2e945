/** Decides for all nodes of a job: it runs in the launcher that serves the store, without which there is no job. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TCPStore } from '../../distributed';
import { decide, isPresent, type Decision, type NodeView, type Terms } from './decide';
import type { JobState, JobStore, NodeInfo } from './job-store';

const TICK_MS = 100;
/** How long it waits at the end for nodes that have not read how the job ended. */
const FAREWELL_MS = 5_000;

/** What was read of a node's signs of life, which are counted: when one came is told by the clock of this machine alone. */
interface Pulse {
  readonly beats: number;
  readonly at: number;
}

export class Coordinator {
  readonly #job: JobStore;
  readonly #terms: Terms;
  /** The id of its own node, which is the first of each round, and where others reach it. */
  readonly #own: number;
  readonly #address: string;
  readonly #infos = new Map<number, NodeInfo>();
  readonly #pulses = new Map<number, Pulse>();
  #state: JobState = { phase: 'meeting', round: 0, restarts: 0, reason: null };
  #members: readonly number[] = [];
  #since = performance.now();
  #enoughSince: number | undefined;
  #processes: TCPStore | undefined;
  #running: Promise<void> | undefined;
  #isEnding = false;

  constructor(job: JobStore, terms: Terms, own: number, address: string) {
    this.#job = job;
    this.#terms = terms;
    this.#own = own;
    this.#address = address;
  }

  /** @param onError called when it cannot go on */
  async start(onError: (error: unknown) => void): Promise<void> {
    await this.#job.setState(this.#state);
    this.#running = this.#run().catch(onError);
  }

  /** Ends the job, unless it is over. @param failure why, in a sentence */
  async end(failure: string): Promise<void> {
    this.#isEnding = true;
    await this.#running;
    if (this.#state.phase !== 'over') await this.#enter({ kind: 'end', failure });
  }

  /** Waits a little for the nodes to see that the job is over. */
  async close(): Promise<void> {
    const deadline = performance.now() + FAREWELL_MS;
    while (performance.now() < deadline) {
      const nodes = await this.#look();
      if (!nodes.some((node) => node.id !== this.#own && isPresent(node))) break;
      await sleep(TICK_MS);
    }
    await this.#processes?.close();
  }

  async #run(): Promise<void> {
    while (!this.#isEnding && this.#state.phase !== 'over') {
      const nodes = await this.#look();
      await this.#enter(this.#decide(nodes));
      await sleep(TICK_MS);
    }
  }

  #decide(nodes: readonly NodeView[]): Decision {
    const { phase, restarts } = this.#state;
    if (phase === 'over') return { kind: 'wait' };
    const now = performance.now();
    if (nodes.filter(isPresent).length < this.#terms.minNodes) this.#enoughSince = undefined;
    else this.#enoughSince ??= now;
    return decide(
      {
        phase,
        restarts,
        nodes,
        members: this.#members,
        sinceMs: now - this.#since,
        enoughMs: now - (this.#enoughSince ?? now),
      },
      this.#terms,
    );
  }

  /** What the store says of each node, its own first. */
  async #look(): Promise<NodeView[]> {
    const ids = Array.from({ length: await this.#job.nodes() }, (_, id) => id);
    ids.sort((a, b) => Number(b === this.#own) - Number(a === this.#own) || a - b);
    const nodes: NodeView[] = [];
    for (const id of ids) {
      const info = this.#infos.get(id) ?? (await this.#job.node(id));
      if (info === undefined) continue;
      this.#infos.set(id, info);
      const left = await this.#job.leftBecause(id);
      const report = this.#members.includes(id) ? await this.#job.reportOf(this.#lastRound(), id) : undefined;
      nodes.push({ id, ...info, left, report, isAlive: left === undefined && (await this.#isAlive(id)) });
    }
    return nodes;
  }

  /** The round that runs, or the one before those who meet. */
  #lastRound(): number {
    return this.#state.phase === 'meeting' ? this.#state.round - 1 : this.#state.round;
  }

  async #isAlive(id: number): Promise<boolean> {
    const beats = await this.#job.beats(id);
    const now = performance.now();
    const before = this.#pulses.get(id);
    if (before?.beats !== beats) this.#pulses.set(id, { beats, at: now });
    return before === undefined || before.beats !== beats || now - before.at < this.#terms.keepAliveMs;
  }

  async #enter(decision: Decision): Promise<void> {
    const { round, restarts } = this.#state;
    if (decision.kind === 'wait') return;
    if (decision.kind === 'start') this.#state = await this.#started(decision.nodes);
    else if (decision.kind === 'end') this.#state = { phase: 'over', round, restarts, failure: decision.failure };
    else {
      const { reason, isFailure } = decision;
      const count = isFailure ? ` (${restarts + 1} of ${this.#terms.maxRestarts})` : '';
      this.#state = {
        phase: 'meeting',
        round: round + 1,
        restarts: restarts + Number(isFailure),
        reason: `${reason}; starting all again${count}.`,
      };
      this.#enoughSince = undefined;
    }
    this.#since = performance.now();
    await this.#job.setState(this.#state);
  }

  async #started(nodes: readonly NodeView[]): Promise<JobState> {
    // A store of its own for each round: no process finds a key of the round before, and the port is one that is free.
    await this.#processes?.close();
    this.#processes = await TCPStore.open(this.#address, 0, { isMaster: true, waitForWorkers: false });
    const { round, restarts } = this.#state;
    this.#members = nodes.map(({ id }) => id);
    return {
      phase: 'running',
      round,
      restarts,
      nodes: nodes.map(({ id, nproc }) => ({ id, nproc })),
      masterAddr: this.#address,
      masterPort: this.#processes.port,
    };
  }
}
