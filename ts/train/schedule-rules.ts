/** Schedules of `optim` by their names and options, as a loop that steps them takes them. */
import { InputError } from '../errors';
import * as optim from '../optim';
import { expected, resolveOptions } from '../options';
import { makeSchedule, type ScheduleRules, type Span } from './schedule';
import type { TrainPlan, TrainScheduler } from './types';

const CLASSES = {
  ConstantLR: optim.ConstantLR,
  CosineAnnealingLR: optim.CosineAnnealingLR,
  CosineAnnealingWarmRestarts: optim.CosineAnnealingWarmRestarts,
  CyclicLR: optim.CyclicLR,
  ExponentialLR: optim.ExponentialLR,
  LinearLR: optim.LinearLR,
  MultiStepLR: optim.MultiStepLR,
  OneCycleLR: optim.OneCycleLR,
  PolynomialLR: optim.PolynomialLR,
  StepLR: optim.StepLR,
} as const;

interface OptionsOf {
  readonly ConstantLR: optim.ConstantLROptions;
  readonly CosineAnnealingLR: optim.CosineAnnealingLROptions & { readonly tMax: number };
  readonly CosineAnnealingWarmRestarts: optim.CosineAnnealingWarmRestartsOptions & { readonly t0: number };
  readonly CyclicLR: optim.CyclicLROptions & { readonly baseLr: number; readonly maxLr: number };
  readonly ExponentialLR: { readonly gamma: number };
  readonly LinearLR: optim.LinearLROptions;
  readonly MultiStepLR: optim.StepLROptions & { readonly milestones: readonly number[] };
  readonly OneCycleLR: optim.OneCycleLROptions & { readonly maxLr: number };
  readonly PolynomialLR: optim.PolynomialLROptions;
  readonly StepLR: optim.StepLROptions & { readonly stepSize: number };
  /** Moves with the score of each evaluation, all others with each step. */
  readonly ReduceLROnPlateau: optim.ReduceLROnPlateauOptions;
}

/** A schedule of `optim` by its name, with its arguments and options beside it; it counts optimizer steps. */
export type NamedSchedule = {
  readonly [Kind in keyof OptionsOf]: { readonly kind: Kind } & OptionsOf[Kind];
}[keyof OptionsOf];

const DEFAULTS: ScheduleRules = { kind: 'constant', warmup: 0, dropEpochs: 1, gamma: 1 };
const KINDS = ['constant', 'cosine', 'oneCycle', 'step'];

/**
 * The schedule that rules mean, from the rates that the optimizer has.
 * @throws InputError for a kind or an option that does not exist
 */
export function scheduleOf(
  optimizer: optim.Optimizer,
  rules: Partial<ScheduleRules> | NamedSchedule,
  span: Span,
  { mode }: Pick<TrainPlan, 'mode'>,
): TrainScheduler {
  const { kind = DEFAULTS.kind, ...options } = rules;
  if (KINDS.includes(kind))
    return makeSchedule(optimizer, resolveOptions('fit: schedule', DEFAULTS, rules as Partial<ScheduleRules>), span);
  if (kind === 'ReduceLROnPlateau')
    return new Plateau(optimizer, { mode, ...options } as optim.ReduceLROnPlateauOptions);
  const Class = Object.hasOwn(CLASSES, kind) ? (CLASSES[kind as keyof typeof CLASSES] as ScheduleClass) : undefined;
  if (Class !== undefined) return new Class(optimizer, options);
  const known = [...KINDS, ...Object.keys(CLASSES), 'ReduceLROnPlateau'];
  throw expected('fit: schedule', `one of ${known.join(', ')} for kind`, kind, '', InputError);
}

type ScheduleClass = new (optimizer: optim.Optimizer, options: object) => optim.LRScheduler;

/** `ReduceLROnPlateau` in a loop: it hears of evaluations, not of steps. */
class Plateau implements TrainScheduler {
  readonly #plateau: optim.ReduceLROnPlateau;

  constructor(optimizer: optim.Optimizer, options: optim.ReduceLROnPlateauOptions) {
    this.#plateau = new optim.ReduceLROnPlateau(optimizer, options);
  }

  step(): void {}

  evaluated(score: number): void {
    this.#plateau.step(score);
  }

  stateDict(): object {
    return this.#plateau.stateDict();
  }

  /** JSON has null for an infinity, such as the best score before the first evaluation; a new schedule has it already. */
  loadStateDict(state: Readonly<Record<string, unknown>>): void {
    this.#plateau.loadStateDict(Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null)));
  }
}
