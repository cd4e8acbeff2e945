/** Errors thrown by JavaScript that libtorch called: they wait here, under a ticket, while C++ unwinds to the next JavaScript. */

// Of several at once (a device thread each) libtorch passes on the first; the others are forgotten in time.
const MOST = 16;

const waiting = new Map<number, unknown>();
let last = 0;

export function keepPendingError(error: unknown): number {
  waiting.set(++last, error);
  if (waiting.size > MOST) waiting.delete(last - MOST);
  return last;
}

export function takePendingError(ticket: number): unknown {
  const error = waiting.get(ticket);
  waiting.delete(ticket);
  return error;
}
