import type { ProfileEvent } from './result';

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
