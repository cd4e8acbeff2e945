/** The calls that a profile holds: merged over overloads as PyTorch's profiler does, and in Chrome's format. */

/** One call; times in microseconds, `start` from the beginning of the profile. */
export interface ProfileEvent {
  /** `aten::mm`, `MmBackward0`, or the name given to `recordFunction`. */
  readonly name: string;
  /** Sizes of the inputs, `[]` for what is no tensor; empty unless shapes were recorded. */
  readonly shapes: string;
  /** A small number, the same for calls of the same thread. */
  readonly thread: number;
  readonly start: number;
  readonly duration: number;
  /** `duration` without the calls inside. */
  readonly selfTime: number;
}

/** All calls of one name (and of the same shapes, where asked); times in microseconds. */
export interface OperatorTimes {
  readonly name: string;
  readonly shapes: string;
  readonly count: number;
  readonly selfTime: number;
  /** With the calls inside. */
  readonly totalTime: number;
}

type Mutable = { -readonly [K in keyof ProfileEvent]: ProfileEvent[K] };

interface Node {
  readonly event: Mutable;
  readonly end: number;
  readonly outer: Node | null;
  children: number;
}

/**
 * Takes an operator that only calls another overload of its name for one call, as PyTorch's profiler does.
 * @param events in the order of their beginnings
 */
export function mergeOverloads(events: readonly ProfileEvent[]): ProfileEvent[] {
  const nodes = nest(events);
  const merged = new Set(nodes.filter(({ event, outer }) => outer?.children === 1 && outer.event.name === event.name));
  // From the inside out, so that the times of a chain of three arrive at the outermost.
  for (const { event, outer } of [...merged].reverse()) outer!.event.selfTime += event.selfTime;
  return nodes.filter((node) => !merged.has(node)).map(({ event }) => event);
}

/** Finds the call that each call is made by: the innermost that is still running on its thread. */
function nest(events: readonly ProfileEvent[]): Node[] {
  const innermost = new Map<number, Node | null>();
  return events.map((event) => {
    const end = event.start + event.duration;
    let outer = innermost.get(event.thread) ?? null;
    while (outer && outer.end < end) outer = outer.outer;
    if (outer) outer.children++;
    const node: Node = { event: { ...event }, end, outer, children: 0 };
    innermost.set(event.thread, node);
    return node;
  });
}

/** One entry of the Trace Event Format; times in microseconds. */
export interface TraceEvent {
  readonly ph: 'X';
  readonly cat: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, string>>;
}

export function chromeTrace(events: readonly ProfileEvent[]): { displayTimeUnit: 'ms'; traceEvents: TraceEvent[] } {
  const traceEvents = events.map(({ name, shapes, thread, start, duration }): TraceEvent => ({
    ph: 'X',
    cat: 'cpu_op',
    name,
    pid: process.pid,
    tid: thread,
    ts: start,
    dur: duration,
    args: shapes === '' ? {} : { 'Input Dims': shapes },
  }));
  return { displayTimeUnit: 'ms', traceEvents };
}
