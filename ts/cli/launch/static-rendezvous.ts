/** Nodes that were told who they are: the launchers do not speak to each other. */
import { TCPStore } from '../../distributed';
import { InputError } from '../../errors';
import { capitalized, sentenceOf, type Outcome, type Rendezvous, type Round } from './round';

export interface StaticOptions {
  /** Processes on each node. */
  readonly nproc: number;
  readonly nnodes: number;
  /** Number of this node. */
  readonly nodeRank: number;
  readonly masterAddr: string;
  /** Null lets the launcher choose one that is free, on a single node. */
  readonly masterPort: number | null;
  /** How often all processes are started again after one has failed. */
  readonly maxRestarts: number;
}

export class StaticRendezvous implements Rendezvous {
  readonly #options: StaticOptions;
  readonly #say: (sentence: string) => void;
  #rounds = 0;
  #isDone = false;
  #store: TCPStore | undefined;

  /** @param say gets a sentence about a restart */
  constructor(options: StaticOptions, say: (sentence: string) => void) {
    this.#options = options;
    this.#say = say;
  }

  async next(): Promise<Round | undefined> {
    if (this.#isDone) return undefined;
    const { nproc, nnodes, nodeRank, masterAddr, masterPort } = this.#options;
    // The launcher has the store: it outlives every process, and the port is one that is free.
    if (nodeRank === 0)
      this.#store = await TCPStore.open(masterAddr, masterPort ?? 0, { isMaster: true, waitForWorkers: false });
    return {
      number: this.#rounds++,
      groupRank: nodeRank,
      groupWorldSize: nnodes,
      firstRank: nodeRank * nproc,
      worldSize: nnodes * nproc,
      masterAddr,
      masterPort: this.#store?.port ?? masterPort!,
      signal: new AbortController().signal,
    };
  }

  async report(outcome: Outcome): Promise<void> {
    await this.close();
    if (typeof outcome === 'string') {
      this.#isDone = true;
      return;
    }
    const ended = sentenceOf(outcome);
    const restarts = this.#rounds - 1;
    if (restarts === this.#options.maxRestarts)
      throw new InputError(
        `${capitalized(ended)}${restarts > 0 ? ` after ${restarts} restarts` : ''}; the others were stopped.`,
      );
    this.#say(`${ended}; starting all again (${this.#rounds} of ${this.#options.maxRestarts}).`);
  }

  /** The others do not know of this node. */
  async leave(): Promise<void> {}

  async close(): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
  }
}
