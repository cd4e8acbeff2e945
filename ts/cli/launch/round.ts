/** What a launcher has to know of the others of its job, wherever they are. */

/** All processes of a job, started together once. */
export interface Round {
  /** How often they were started before. */
  readonly number: number;
  /** Number of this node among those of the round. */
  readonly groupRank: number;
  readonly groupWorldSize: number;
  /** Rank of the first process of this node. */
  readonly firstRank: number;
  /** Processes of all nodes. */
  readonly worldSize: number;
  /** Where the processes find the store of the round. */
  readonly masterAddr: string;
  readonly masterPort: number;
  /** Aborted when the processes of this node have to end before their time. */
  readonly signal: AbortSignal;
}

/** How one process ended. */
export interface Ending {
  readonly rank: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What became of the processes of a node: all ended well, all were stopped as asked, or this one failed first. */
export type Outcome = 'succeeded' | 'stopped' | Ending;

/** How a launcher learns when to start its processes, and as which ranks. */
export interface Rendezvous {
  /**
   * Waits for the next round of this node.
   * @returns undefined when the job is done
   * @throws InputError when it has failed for good
   */
  next(): Promise<Round | undefined>;
  /** Says what became of the round; the processes of this node are gone. */
  report(outcome: Outcome): Promise<void>;
  /** Tells the others that this node goes, unless the job is over. @param reason why, to end a sentence with */
  leave(reason: string): Promise<void>;
  /** Ends what it holds; `leave` came before. */
  close(): Promise<void>;
}

/** `the process of rank 1 ended with exit code 3`. */
export function sentenceOf({ rank, code, signal }: Ending): string {
  return `the process of rank ${rank} ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`;
}

/** With a capital letter at its beginning. */
export function capitalized(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}
