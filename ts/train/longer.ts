/** Going on with a run for longer than it was begun for: for more epochs, steps or minutes, or with more patience. */
import { createHash } from 'node:crypto';
import { InputError } from '../errors';
import { isError } from '../native/realm';
import type { Optimizer } from '../optim';
import { type ConfigTree, valueAt } from './config/keys';
import type { Span } from './schedule';
import type { LoopState } from './state';
import type { TrainPlan, TrainScheduler } from './types';

/** Keys of a configuration that say how long a run trains; a resumed run may change them where its schedule allows it. */
export const lengthKeys: readonly string[] = ['epochs', 'maxSteps', 'maxMinutes', 'patience', 'evaluate.patience'];

/** Whether a configuration asks for another length than the one that a run was begun with; a key that did not exist then was 0. */
export function isLengthened(begun: ConfigTree, config: ConfigTree): boolean {
  return lengthKeys.some((key) => (valueAt(config, key) ?? 0) !== (valueAt(begun, key) ?? 0));
}

/** What a plan of so many epochs, and so many steps at most, spans. */
export type SpanOf = (length: Pick<TrainPlan, 'epochs' | 'maxSteps'>) => Span;

/** A schedule over a length that is not known yet, for one optimizer. */
export type SchedulerOf = (span: Span) => TrainScheduler;

/**
 * Makes sure that a run can go on over another length as if it had been begun with it.
 * @param before the length that its schedule has spanned until now
 * @throws InputError when more is done than is asked for, or the rates until now would have been others
 */
export function requireLonger(
  path: string,
  { plan, span, optimizer, makeScheduler }: LongerSettings,
  { epoch, batch, step }: LoopState,
  before: Span,
): void {
  const epochs = batch > 0 ? epoch + 1 : epoch;
  if (epochs > plan.epochs)
    throw new InputError(
      `Cannot resume ${path}: expected at least ${epochs} epochs, which are begun, found ${plan.epochs}.`,
    );
  if (step > span.steps)
    throw new InputError(
      `Cannot resume ${path}: expected at least ${step} steps, which are done, found ${span.steps}.`,
    );
  if (before.steps === span.steps && before.epochs === span.epochs) return;
  const trained = ratesOf(optimizer, makeScheduler, before, step);
  if (trained === ratesToTheEnd(path, optimizer, makeScheduler, span, step)) return;
  throw new InputError(
    `Cannot resume ${path} for ${span.steps} steps: its schedule was laid out over ${before.steps}, and would have given other ` +
      'learning rates until now. More epochs are for a schedule that does not depend on their number, such as constant or ' +
      'step with a warm-up that is a number of steps; else start a new run from the weights of this one.',
  );
}

/** The length that a run was begun with, by its configuration, as far as that says it. */
export function begunSpan(begun: ConfigTree, { plan, spanOf }: LongerSettings): Span {
  const number = (key: 'epochs' | 'maxSteps'): number => {
    const value = valueAt(begun, key);
    return typeof value === 'number' ? value : plan[key];
  };
  return spanOf({ epochs: number('epochs'), maxSteps: number('maxSteps') });
}

/** Those of the loop's settings that are looked at. */
export interface LongerSettings {
  readonly plan: TrainPlan;
  readonly span: Span;
  readonly spanOf: SpanOf;
  readonly optimizer: Optimizer;
  readonly makeScheduler: SchedulerOf;
}

/**
 * A digest of the rates of the first `done` steps and of the one after them. The schedule moves the optimizer's groups, which
 * a checkpoint is loaded into afterwards.
 */
function ratesOf({ paramGroups }: Optimizer, makeScheduler: SchedulerOf, span: Span, done: number, end = done): string {
  const groups = paramGroups.map((group) => ({ ...group }));
  const digest = createHash('sha256');
  const scheduler = makeScheduler(span);
  for (let step = 0; step <= end; step++) {
    if (step <= done) digest.update(Float64Array.from(paramGroups, ({ lr }) => lr));
    if (step < end) scheduler.step();
  }
  for (const [i, group] of paramGroups.entries()) Object.assign(group, groups[i]);
  return digest.digest('hex');
}

/** The same, of a schedule that is tried to its end, so that one that cannot go so far fails now and not after hours. */
function ratesToTheEnd(
  path: string,
  optimizer: Optimizer,
  makeScheduler: SchedulerOf,
  span: Span,
  done: number,
): string {
  try {
    return ratesOf(optimizer, makeScheduler, span, done, Math.max(done, span.steps - 1));
  } catch (cause) {
    throw new InputError(
      `Cannot resume ${path} for ${span.steps} steps: its schedule does not go so far (${isError(cause) ? cause.message : String(cause)}).`,
      { cause },
    );
  }
}
