/**
 * Asynchronous successive halving: "A System for Massively Parallel Hyperparameter Tuning" (Li et al., MLSys 2020; ASHA, 2018).
 *
 * Every trial begins with little training. Whenever there is room for one, a trial that is among the best of its rung goes on to the next
 * one, with `factor` times as much; where no trial may, a new one begins.
 */
import { InputError } from '../../errors';

export interface Halving {
  /** What a trial is given first, such as epochs. */
  readonly min: number;
  /** What the best are given. */
  readonly max: number;
  /** One of so many goes on to the next rung, with so many times as much. @default 3 */
  readonly factor?: number;
}

/** How far a trial has come: the rung that it was measured at last, from 0, and what it was worth there; null where it failed. */
export interface RungResult {
  readonly trial: number;
  readonly rung: number;
  readonly value: number | null;
}

/** What the trials of each rung are given, in all: `min`, `min * factor`, … up to `max`. @throws InputError for numbers that make none */
export function rungsOf({ min, max, factor = 3 }: Halving): number[] {
  const isRight = Number.isInteger(min) && Number.isInteger(max) && min >= 1 && max > min && factor >= 2;
  if (!isRight)
    throw new InputError(
      `sweep: expected whole numbers from 1 on with min below max, and a factor from 2 on, for halving, found min ${min}, max ${max} and factor ${factor}`,
    );
  const rungs: number[] = [];
  for (let units = min; units < max; units *= factor) rungs.push(Math.floor(units));
  return [...rungs, max];
}

/**
 * The trial that goes on, from the highest rung down, the best first; undefined where none may.
 * @param results all that trials have come to, in their order, one for each rung of each trial
 * @param busy trials that are on their way to another rung
 */
export function promotion(
  results: readonly RungResult[],
  busy: ReadonlySet<number>,
  { rungs, factor, mode }: { readonly rungs: number; readonly factor: number; readonly mode: 'min' | 'max' },
): { readonly trial: number; readonly rung: number } | undefined {
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const measured = results.filter((result) => result.rung === rung);
    const gone = new Set(results.filter((result) => result.rung > rung).map(({ trial }) => trial));
    const rank = ({ value }: RungResult) => (value === null ? Infinity : mode === 'min' ? value : -value);
    // Of equal ones that which was there first: the sort is stable.
    const best = [...measured].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
    const candidate = best
      .slice(0, Math.floor(measured.length / factor))
      .find(({ trial, value }) => value !== null && !gone.has(trial) && !busy.has(trial));
    if (candidate) return { trial: candidate.trial, rung: rung + 1 };
  }
  return undefined;
}
