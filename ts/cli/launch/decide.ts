/** When the nodes of a job begin a round, when they end one, and when the job is over: a function of what is known of them. */

/** What a job was asked for. */
export interface Terms {
  readonly minNodes: number;
  readonly maxNodes: number;
  /** How many rounds may end by a failure before the job fails. */
  readonly maxRestarts: number;
  /** How long nodes wait until they are enough, in milliseconds. */
  readonly joinTimeoutMs: number;
  /** How long they wait for more once they are enough, in milliseconds. */
  readonly lastCallMs: number;
  /** How long a node may give no sign of life, in milliseconds. */
  readonly keepAliveMs: number;
}

/** What is known of a node. */
export interface NodeView {
  readonly id: number;
  readonly host: string;
  readonly nproc: number;
  /** Whether it gives signs of life. One that was silent for a while may do so again. */
  readonly isAlive: boolean;
  /** Why it has left. */
  readonly left: string | undefined;
  /** What became of its processes in the last round. */
  readonly report:
    { readonly outcome: 'succeeded' | 'stopped' | 'failed'; readonly failure: string | null } | undefined;
}

export interface JobView {
  readonly phase: 'meeting' | 'running';
  /** How many rounds have ended by a failure. */
  readonly restarts: number;
  readonly nodes: readonly NodeView[];
  /** Ids of the nodes of the last round, or of the one that runs; empty before the first. */
  readonly members: readonly number[];
  /** Milliseconds since the phase began. */
  readonly sinceMs: number;
  /** Milliseconds since enough nodes are there. */
  readonly enoughMs: number;
}

export type Decision =
  | { readonly kind: 'wait' }
  | { readonly kind: 'start'; readonly nodes: readonly NodeView[] }
  | { readonly kind: 'meet'; readonly reason: string; readonly isFailure: boolean }
  | { readonly kind: 'end'; readonly failure: string | null };

const WAIT: Decision = { kind: 'wait' };

/** Whether a node can take part. */
export function isPresent({ isAlive, left }: NodeView): boolean {
  return isAlive && left === undefined;
}

/** What to do now. */
export function decide(view: JobView, terms: Terms): Decision {
  return view.phase === 'meeting' ? whileMeeting(view, terms) : whileRunning(view, terms);
}

function whileMeeting(view: JobView, terms: Terms): Decision {
  const { minNodes, maxNodes, joinTimeoutMs, lastCallMs } = terms;
  const present = view.nodes.filter(isPresent);
  const members = membersOf(view);
  // Their processes of the round before are still ending.
  if (members.some((node) => isPresent(node) && node.report === undefined)) return WAIT;
  const nodes = present.slice(0, maxNodes);
  const isWhole = members.length > 0 && members.every(isPresent);
  if (nodes.length >= minNodes && (nodes.length === maxNodes || isWhole || view.enoughMs >= lastCallMs))
    return { kind: 'start', nodes };
  if (nodes.length >= minNodes || view.sinceMs < joinTimeoutMs) return WAIT;
  const wanted = minNodes === maxNodes ? `${minNodes} nodes` : `at least ${minNodes} nodes`;
  return { kind: 'end', failure: `Expected ${wanted} within ${joinTimeoutMs / 1000} s, found ${nodes.length}.` };
}

function whileRunning(view: JobView, terms: Terms): Decision {
  const members = membersOf(view);
  const failures = members.flatMap((node) => failureOf(node, terms));
  if (failures.length > 0) return afterFailure(failures.join('; '), view.restarts, terms.maxRestarts);
  if (members.every(({ report }) => report?.outcome === 'succeeded')) return { kind: 'end', failure: null };
  const gone = members.filter(({ left }) => left !== undefined);
  if (gone.length > 0)
    return {
      kind: 'meet',
      reason: gone.map((node) => `${nameOf(node)} has left: ${node.left}`).join('; '),
      isFailure: false,
    };
  const newcomers = view.nodes.filter((node) => isPresent(node) && !view.members.includes(node.id));
  const isEnding = members.some(({ report }) => report !== undefined);
  if (newcomers.length === 0 || members.length === terms.maxNodes || isEnding) return WAIT;
  return { kind: 'meet', reason: `${newcomers.map(nameOf).join(', ')} has come`, isFailure: false };
}

function failureOf(node: NodeView, { keepAliveMs }: Terms): string[] {
  if (node.report?.outcome === 'failed') return [`${nameOf(node)}: ${node.report.failure}`];
  const isSilent = node.left === undefined && !node.isAlive;
  return isSilent ? [`${nameOf(node)} gave no sign of life for ${keepAliveMs / 1000} s`] : [];
}

function afterFailure(reason: string, restarts: number, maxRestarts: number): Decision {
  if (restarts < maxRestarts) return { kind: 'meet', reason, isFailure: true };
  const after = restarts > 0 ? ` after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}` : '';
  return { kind: 'end', failure: `Job failed${after}: ${reason}.` };
}

function membersOf({ nodes, members }: JobView): NodeView[] {
  return nodes.filter(({ id }) => members.includes(id));
}

function nameOf({ id, host }: NodeView): string {
  return `node ${id} (${host})`;
}
