/** Whether samples are flat. */
import type { Sample, Usage } from './samples';

/**
 * By how much the last quarter may lie above the second: a share of it, and an amount. What waits for the collector rises and
 * falls, so the lowest values are compared, and a tenth of the way between the lowest and the highest of all is allowed, too;
 * what leaks has risen by half of that way. Resident memory does not fall, so its medians are compared.
 */
const TOLERANCE: Readonly<Record<keyof Usage, { readonly share: number; readonly amount: number }>> = {
  tensors: { share: 0.25, amount: 100 },
  bytes: { share: 0.25, amount: 2e6 },
  allocated: { share: 0.25, amount: 2e6 },
  resident: { share: 0.05, amount: 16e6 },
  heap: { share: 0.1, amount: 4e6 },
};
const SWING = 0.1;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/**
 * Compares the last quarter with the second, for the first is warming up; a sentence for each rise.
 * @param options.fewest samples that must be there
 */
export function rises(samples: readonly Sample[], { fewest = 40 }: { readonly fewest?: number } = {}): string[] {
  const quarter = samples.length >> 2;
  if (samples.length < fewest) return [`${samples.length} samples are too few to judge by`];
  return (Object.keys(TOLERANCE) as (keyof Usage)[]).flatMap((name) => {
    const values = samples.map((sample) => sample[name]);
    const level = (from: number): number => {
      const part = values.slice(from, from + quarter);
      return name === 'resident' ? median(part) : Math.min(...part);
    };
    const [before, after] = [level(quarter), level(samples.length - quarter)];
    const swing = name === 'resident' ? 0 : SWING * (Math.max(...values) - Math.min(...values));
    const { share, amount } = TOLERANCE[name];
    return after > before * (1 + share) + amount + swing ? [`${name} rose from ${before} to ${after}`] : [];
  });
}
