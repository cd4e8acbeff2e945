/** What the launchers of a job write into their store. The keys of one job begin with its name, so that two may share a store. */
import { z, type ZodType } from 'zod';
import { PrefixStore, type Store } from '../../distributed';
import { InputError } from '../../errors';

const node = z.object({
  /** The name of its machine, for sentences. */
  host: z.string(),
  /** How many processes it starts. */
  nproc: z.number().int().positive(),
});
/** What a launcher says of itself when it comes. */
export type NodeInfo = z.infer<typeof node>;

const report = z.object({
  outcome: z.enum(['succeeded', 'stopped', 'failed']),
  /** What has failed. */
  failure: z.string().nullable(),
});
/** What became of the processes of a node in a round; they are gone. */
export type Report = z.infer<typeof report>;

const counts = {
  /** Rounds before this one. */
  round: z.number().int().nonnegative(),
  /** How many of them ended by a failure. */
  restarts: z.number().int().nonnegative(),
};
const state = z.discriminatedUnion('phase', [
  z.object({
    phase: z.literal('meeting'),
    ...counts,
    /** Why the round before had to end. */
    reason: z.string().nullable(),
  }),
  z.object({
    phase: z.literal('running'),
    ...counts,
    nodes: z.array(z.object({ id: z.number().int(), nproc: z.number().int().positive() })),
    masterAddr: z.string(),
    masterPort: z.number().int(),
  }),
  z.object({ phase: z.literal('over'), ...counts, failure: z.string().nullable() }),
]);
/** What all nodes do: they wait until they are enough, run their processes, or end. The launcher that serves the store alone writes it. */
export type JobState = z.infer<typeof state>;

/** The keys of a job. A node's id is its number in the order in which they came. */
export class JobStore {
  readonly #store: Store;

  /** @param id the name of the job */
  constructor(store: Store, id: string) {
    this.#store = new PrefixStore(`torchts.run/${id}`, store);
  }

  /** @returns the id of the node */
  async enroll(info: NodeInfo): Promise<number> {
    const id = (await this.#store.add('nodes', 1)) - 1;
    await this.#write(`node/${id}`, info);
    return id;
  }

  /** How many nodes have come, those that are gone among them. */
  nodes(): Promise<number> {
    return this.#store.add('nodes', 0);
  }

  /** Undefined between the two writes of `enroll`. */
  node(id: number): Promise<NodeInfo | undefined> {
    return this.#read(`node/${id}`, node);
  }

  /** A sign of life. */
  async beat(id: number): Promise<void> {
    await this.#store.add(`beat/${id}`, 1);
  }

  beats(id: number): Promise<number> {
    return this.#store.add(`beat/${id}`, 0);
  }

  report(round: number, id: number, value: Report): Promise<void> {
    return this.#write(`report/${round}/${id}`, value);
  }

  reportOf(round: number, id: number): Promise<Report | undefined> {
    return this.#read(`report/${round}/${id}`, report);
  }

  /** The node goes; the reason is for the others to read. */
  async leave(id: number, reason: string): Promise<void> {
    await this.#store.set(`left/${id}`, reason);
  }

  async leftBecause(id: number): Promise<string | undefined> {
    const key = `left/${id}`;
    return (await this.#store.check([key])) ? (await this.#store.get(key)).toString() : undefined;
  }

  setState(value: JobState): Promise<void> {
    return this.#write('state', value);
  }

  /** Undefined until the launcher that serves the store has written it. */
  state(): Promise<JobState | undefined> {
    return this.#read('state', state);
  }

  async #write(key: string, value: NodeInfo | Report | JobState): Promise<void> {
    await this.#store.set(key, JSON.stringify(value));
  }

  async #read<T>(key: string, schema: ZodType<T>): Promise<T | undefined> {
    if (!(await this.#store.check([key]))) return undefined;
    const text = (await this.#store.get(key)).toString();
    const found = schema.safeParse(parsed(text));
    if (!found.success)
      throw new InputError(
        `Expected what this version of torchts writes into ${key} of the store, found ${text.slice(0, 80)}; run the same version on all nodes.`,
      );
    return found.data;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
