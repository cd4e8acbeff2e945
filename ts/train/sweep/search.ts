/** What a sweep searches, and what follows from it. */
import { InputError } from '../../errors';
import { type Halving, rungsOf } from './halving';
import { type Dimension, dimensionsOf, gridOf, type Parameters, type ParameterValues } from './space';

/** What a sweep searches, and how. */
export interface SearchSettings {
  readonly parameters: Readonly<Record<string, ParameterValues>>;
  readonly method: 'grid' | 'random' | 'tpe';
  readonly trials: number;
  readonly startup: number;
  readonly mode: 'min' | 'max';
  readonly seed: number;
  readonly halving: Halving | null;
}

/** The settings, and what follows from them. */
export interface Search extends SearchSettings {
  readonly dimensions: readonly Dimension[];
  /** Of a grid: all combinations. */
  readonly grid: readonly Parameters[] | null;
  /** With halving: what the trials of each rung are given. */
  readonly rungs: readonly number[] | null;
}

/** @throws InputError for settings that do not go together */
export function searchOf(settings: SearchSettings): Search {
  const dimensions = dimensionsOf(settings.parameters);
  if (settings.halving !== null && settings.method === 'tpe')
    throw new InputError(
      'sweep: expected the method random or grid with halving, found tpe, which cannot compare trials of different lengths; leave one out',
    );
  const grid = settings.method === 'grid' ? gridOf(dimensions) : null;
  const rungs = settings.halving === null ? null : rungsOf(settings.halving);
  return { ...settings, trials: grid?.length ?? settings.trials, dimensions, grid, rungs };
}
