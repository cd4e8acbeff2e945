import type { ProfileEvent } from './result';

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
