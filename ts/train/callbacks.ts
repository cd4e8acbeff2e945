/** What a program does on the way of a training, kept apart from it: a run ends with the same bits with and without it. */
import { TorchError } from '../errors';
import { isError } from '../native/realm';
import type { Module } from '../nn';
import { noGrad, scope } from '../tensor';
import { RandomState } from './random-state';
import type { StepEvent, TrainEvent } from './types';

type EventOf<Type extends TrainEvent['type']> = Extract<TrainEvent, { readonly type: Type }>;

/** An epoch that is over. */
export interface EpochEvent {
  readonly type: 'epoch';
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Optimizer steps done. */
  readonly step: number;
}

/**
 * Functions that are called on the way, and waited for where they give a promise. They run without gradients, from a random state
 * of their own, and leave the modes of the model's modules as they were, so what they draw or compute changes no weight.
 */
export interface TrainCallbacks {
  /** After each optimizer step. */
  readonly onStep?: (event: StepEvent) => void | Promise<void>;
  /** After each evaluation. */
  readonly onEvaluate?: (event: EventOf<'evaluated'>) => void | Promise<void>;
  /** After each checkpoint, once it is on disk. */
  readonly onCheckpoint?: (event: EventOf<'checkpoint'>) => void | Promise<void>;
  /** After each pass over the data. */
  readonly onEpoch?: (event: EpochEvent) => void | Promise<void>;
}

export const CALLBACKS = ['onStep', 'onEvaluate', 'onCheckpoint', 'onEpoch'] as const;

/**
 * Calls one of the callbacks, if it is there.
 * @throws TorchError that names the callback, with what it threw as the cause
 */
export async function callBack<Name extends keyof TrainCallbacks>(
  callbacks: TrainCallbacks,
  name: Name,
  event: Parameters<NonNullable<TrainCallbacks[Name]>>[0],
  model: Module,
): Promise<void> {
  const callback = callbacks[name] as ((event: unknown) => void | Promise<void>) | undefined;
  if (callback === undefined) return;
  const modes = model.modules().map((module) => [module, module.training] as const);
  const random = new RandomState();
  try {
    await scope(() => noGrad(() => callback(event)));
  } catch (cause) {
    throw new TorchError(`${name}: ${isError(cause) ? cause.message : String(cause)}`, { cause });
  } finally {
    random.restore();
    for (const [module, training] of modes) module.training = training;
  }
}
