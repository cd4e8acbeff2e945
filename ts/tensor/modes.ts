/** The modes of autograd and autocast. Each takes a function, which may be async: the mode holds until its promise settles. */
import { DTypeError } from '../errors';
import { context, within, type Modes } from './context';
import type { Device } from './device';
import type { DType } from './dtype';
import { checkBody, checkOptions } from './options';

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
  const type = device.split(':')[0] ?? device;
  const dtype = options.dtype ?? (type === 'cpu' ? 'bfloat16' : 'float16');
  if (dtype !== 'bfloat16' && dtype !== 'float16') {
    throw new DTypeError(`autocast: expected dtype 'bfloat16' or 'float16', found '${dtype}'`);
  }
  const autocast = { ...context().autocast, [type]: options.enabled === false ? null : dtype };
  return during('autocast', { autocast }, body);
}
