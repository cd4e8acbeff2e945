/** The modes of autograd and autocast. Each takes a function, which may be async: the mode holds until its promise settles. */
import { DTypeError } from '../../errors';
import { change, context, within, type Modes } from './context';
import type { Device } from '../types/device';
import type { DType } from '../types/dtype';
import { checkBody } from './arguments';
import { expected, checkOptions } from '../../options';
import { binding } from '../../native/binding';

function during<T>(owner: string, changes: Partial<Modes>, body: () => T): T {
  checkBody(owner, body);
  return within(changes, body, () => undefined);
}

/** Runs `body` without recording for autograd. */
export function noGrad<T>(body: () => T): T {
  return during('noGrad', { grad: false }, body);
}

/** Runs `body` with recording for autograd, also inside `noGrad`; inside `inferenceMode` nothing is recorded all the same, as in PyTorch. */
export function enableGrad<T>(body: () => T): T {
  return during('enableGrad', { grad: true }, body);
}

/** Like `noGrad`, and also without version counters: faster, but its results never take part in autograd. */
export function inferenceMode<T>(body: () => T): T {
  return during('inferenceMode', { grad: false, inference: true }, body);
}

/**
 * Sets whether operators are recorded for autograd: with `body` while that runs, without it from now on in this context.
 */
export function setGradEnabled(mode: boolean): void;
export function setGradEnabled<T>(mode: boolean, body: () => T): T;
export function setGradEnabled<T>(mode: boolean, body?: () => T): T | void {
  if (typeof mode !== 'boolean') throw expected('setGradEnabled', 'true or false', mode);
  if (body === undefined) return change({ grad: mode });
  checkBody('setGradEnabled', body);
  return within({ grad: mode }, body, () => undefined);
}

/** Whether operators are recorded for autograd here. */
export function isGradEnabled(): boolean {
  return context().grad;
}

/** Whether this code runs inside `inferenceMode`. */
export function isInferenceModeEnabled(): boolean {
  return context().inference;
}

export interface AutocastOptions {
  /** Type to compute matrix products and convolutions in. @default 'bfloat16' on the CPU, 'float16' elsewhere */
  readonly dtype?: DType;
  /** @default true */
  readonly enabled?: boolean;
}

/** Runs `body` in automatic mixed precision on `device` (`'cpu'`, `'cuda'`). */
export function autocast<T>(device: Device, options: AutocastOptions, body: () => T): T {
  if (typeof device !== 'string')
    throw new DTypeError(
      `autocast: expected a device such as 'cpu', found ${typeof device}; write autocast('cpu', { dtype: 'bfloat16' }, () => …)`,
    );
  checkOptions('autocast', options, ['dtype', 'enabled']);
  const type = kindOf('autocast', device);
  const dtype = options.dtype ?? usualType(type);
  if (dtype !== 'bfloat16' && dtype !== 'float16') {
    throw new DTypeError(`autocast: expected dtype 'bfloat16' or 'float16', found '${dtype}'`);
  }
  const autocast = { ...context().autocast, [type]: options.enabled === false ? null : dtype };
  return during('autocast', { autocast }, body);
}

/** The kind of a device by its name: `'cuda'` of `'cuda:1'`. */
function kindOf(owner: string, device: unknown): string {
  if (typeof device !== 'string') throw expected(owner, "a device such as 'cpu'", device);
  return device.split(':')[0]!;
}

const usualType = (kind: string): DType => (kind === 'cpu' ? 'bfloat16' : 'float16');

/** Whether this code runs inside `autocast` for `device`. */
export function isAutocastEnabled(device: Device = 'cuda'): boolean {
  return (context().autocast[kindOf('isAutocastEnabled', device)] ?? null) !== null;
}

/** The type that `autocast` casts to on `device`: outside of it, the one that it would take by itself. */
export function getAutocastDtype(device: Device): DType {
  const kind = kindOf('getAutocastDtype', device);
  return (context().autocast[kind] as DType | null | undefined) ?? usualType(kind);
}

/** Whether `autocast` keeps the weights that it has cast until it ends. */
export function isAutocastCacheEnabled(): boolean {
  return binding.isAutocastCacheEnabled();
}
