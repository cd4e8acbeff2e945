/** Which trial a sweep begins or goes on with next, from what its journal says. */
import { type RungResult, promotion } from './halving';
import type { Journal, TrialEntry } from './journal';
import type { Search } from './search';
import { type Parameters, randomParameters } from './space';
import { tpeParameters } from './tpe';

/** A trial to run now. */
export type Job = Pick<TrialEntry, 'trial' | 'parameters' | 'rung' | 'units' | 'seconds'>;

/** Chooses the jobs of a sweep. The same journal gives the same jobs. */
export class TrialQueue {
  readonly #search: Search;
  readonly #journal: Journal;
  readonly #parallel: number;

  /** @param parallel how many trials run at a time */
  constructor(search: Search, journal: Journal, parallel: number) {
    this.#search = search;
    this.#journal = journal;
    this.#parallel = parallel;
  }

  /**
   * The next job; undefined where there is none before a trial that runs has ended, or at all.
   * @param busy trials that run in this process
   */
  next(busy: ReadonlySet<number>): Job | undefined {
    const latest = this.#journal.latest();
    const left = latest.find(({ trial, state }) => state === 'running' && !busy.has(trial));
    return left ?? this.#promoted(latest, busy) ?? this.#new(latest, busy);
  }

  #promoted(latest: readonly TrialEntry[], busy: ReadonlySet<number>): Job | undefined {
    const { rungs, halving, mode } = this.#search;
    if (rungs === null || halving === null) return undefined;
    const { factor = 3 } = halving;
    const next = promotion(rungResults(this.#journal.entries), busy, { rungs: rungs.length, factor, mode });
    const entry = next && latest.find(({ trial }) => trial === next.trial);
    return entry && { ...entry, rung: next.rung, units: rungs[next.rung]! };
  }

  #new(latest: readonly TrialEntry[], busy: ReadonlySet<number>): Job | undefined {
    const { trials, rungs } = this.#search;
    const trial = latest.length;
    const parameters = trial < trials ? this.#parameters(trial, latest, busy) : undefined;
    return parameters && { trial, parameters, seconds: 0, ...(rungs && { rung: 0, units: rungs[0]! }) };
  }

  /** Undefined where they depend on a trial that still runs. */
  #parameters(trial: number, latest: readonly TrialEntry[], busy: ReadonlySet<number>): Parameters | undefined {
    const { grid, dimensions, method, startup, seed, mode } = this.#search;
    if (grid) return grid[trial]!;
    if (method === 'random' || trial < startup) return randomParameters(dimensions, seed, trial);
    // Those that run at the same time are not asked, whether they have ended or not: so the draw depends on no clock.
    const known = latest.slice(0, Math.max(0, trial - this.#parallel + 1));
    return known.some((entry) => busy.has(entry.trial))
      ? undefined
      : tpeParameters(dimensions, known, { seed, trial, mode });
  }
}

/** What trials have come to at each rung. */
function rungResults(entries: readonly TrialEntry[]): RungResult[] {
  return entries
    .filter(({ state }) => state !== 'running')
    .map(({ trial, rung = 0, value }) => ({ trial, rung, value }));
}

/**
 * The best of the trials that have come furthest, as they ended there; undefined where none has a value.
 * @param entries all lines of the journal: a trial that is on its way to another rung counts by what it has come to
 */
export function bestTrial(entries: readonly TrialEntry[], mode: 'min' | 'max'): TrialEntry | undefined {
  const measured = entries.filter(({ state, value }) => state === 'done' && value !== null);
  const furthest = Math.max(...measured.map(({ rung = 0 }) => rung));
  return measured
    .filter(({ rung = 0 }) => rung === furthest)
    .reduce<TrialEntry | undefined>(
      (best, entry) =>
        !best || (mode === 'min' ? entry.value! < best.value! : entry.value! > best.value!) ? entry : best,
      undefined,
    );
}
