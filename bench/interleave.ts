/** Two sides taking turns, so that whatever else the machine does hits both. */
import { setTimeout } from 'node:timers/promises';
import type { Case, Measure } from './case';
import type { BenchProcess } from './bench-process';
import { statisticsOf, type Statistics } from './statistics';
import { inSlices, type Racer } from './time-slices';
import type { Ready } from './worker-protocol';

/** Milliseconds for the threads of the side that has just answered to fall asleep. */
const SETTLE_MS = 200;

export interface Sides {
  readonly ours: BenchProcess;
  /** Null where the peer is absent. */
  readonly peer: BenchProcess | null;
}

export interface Outcome {
  readonly facts: { readonly ours: Ready['facts']; readonly peer: Ready['facts'] | null };
  readonly statistics: readonly Statistics[];
}

export interface InterleaveOptions {
  readonly rounds: number;
  readonly settleMs?: number;
  /** Told before each round; the warm-up is round 0. */
  readonly onRound?: (round: number, of: number) => void;
}

/** @throws Error when a side fails, or the two compute different things */
export async function interleave(
  bench: Case,
  { ours, peer }: Sides,
  { rounds, settleMs = SETTLE_MS, onRound }: InterleaveOptions,
): Promise<Outcome> {
  try {
    // One after the other: starting is heavy.
    const ready = { ours: await ours.start(), peer: peer && (await peer.start()) };
    if (ready.peer) compare(bench, ready.ours.check, ready.peer.check);
    const turns = bench.measures.map(() => ({ ours: [] as number[], peer: [] as number[] }));
    for (let round = bench.warmUp ? 0 : 1; round <= rounds; round++) {
      onRound?.(round, rounds);
      for (const [index, measure] of bench.measures.entries()) {
        const names = { ours: measure.name, peer: measure.peer ?? measure.name };
        const racers = order(round).flatMap((side) => {
          const bench = side === 'ours' ? ours : peer;
          return bench ? [{ side, bench, measure: names[side] }] : [];
        });
        const values =
          bench.slice !== undefined && measure.unit === 'seconds'
            ? await inSlices(racers, 1000 * bench.slice)
            : await oneAfterTheOther(racers, settleMs);
        if (round > 0) racers.forEach(({ side }, i) => values[i] !== null && turns[index]![side].push(values[i]!));
      }
    }
    const statistics = bench.measures.map((measure: Measure, index) => statisticsOf(measure, turns[index]!));
    return { facts: { ours: ready.ours.facts, peer: ready.peer?.facts ?? null }, statistics };
  } finally {
    await Promise.all([ours.stop(), peer?.stop()]);
  }
}

async function oneAfterTheOther(racers: readonly Racer[], settleMs: number): Promise<(number | null)[]> {
  const values: (number | null)[] = [];
  for (const { bench, measure } of racers) {
    await setTimeout(settleMs);
    values.push(await bench.run(measure));
  }
  return values;
}

/** Who goes first changes from round to round. */
function order(round: number): readonly ('ours' | 'peer')[] {
  return round % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours'];
}

function compare({ name, tolerance }: Case, ours: readonly number[], peer: readonly number[]): void {
  const scale = Math.max(...peer.map(Math.abs), Number.MIN_VALUE);
  const same = ours.length === peer.length && ours.every((value, i) => Math.abs(value - peer[i]!) <= tolerance * scale);
  if (!same) {
    throw new Error(
      `${name}: the two sides compute different things: ours ${list(ours)}, the peer ${list(peer)} (tolerance ${tolerance} of the largest).`,
    );
  }
}

function list(values: readonly number[]): string {
  return `[${values
    .slice(0, 8)
    .map((value) => value.toPrecision(7))
    .join(', ')}${values.length > 8 ? ', …' : ''}]`;
}
