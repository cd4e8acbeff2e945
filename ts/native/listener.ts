/** How long work tells what it does; the command line prints, a library caller may ignore it. */
export interface Listener {
  /** One sentence for the user. */
  say(sentence: string): void;
  /** Begins a bar that shows how far work is. */
  bar(label: string, unit?: 'bytes' | 'steps'): Bar;
}

export interface Bar {
  update(done: number, total?: number): void;
  stop(): void;
}

export const silent: Listener = { say: () => {}, bar: () => ({ update: () => {}, stop: () => {} }) };

/** Runs `work` with a bar that is gone when the work ends, also by an error. */
export async function withBar<Result>(
  listener: Listener,
  label: string,
  work: (bar: Bar) => Promise<Result>,
  unit?: 'bytes' | 'steps',
): Promise<Result> {
  const bar = listener.bar(label, unit);
  try {
    return await work(bar);
  } finally {
    bar.stop();
  }
}
