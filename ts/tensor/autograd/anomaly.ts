/** Anomaly detection: a backward pass that fails, or computes NaN, says which forward call it belongs to. */
import { TorchError } from '../../errors';
import { binding } from '../../native/binding';
import { isFromCallback, typedError } from '../../native/typed-errors';
import { afterwards } from '../core/afterwards';
import { checkOptions } from '../../options';
import { requireFunction } from '../core/arguments';

export interface AnomalyOptions {
  /** Also fail where a backward function gives NaN. @default true */
  readonly checkNan?: boolean;
}

let enabled = false;
let checkNan = true;

/**
 * Switches anomaly detection on or off: for the whole process, as in PyTorch, and at a price, since each recorded operation
 * then remembers the stack of its call.
 */
export function setDetectAnomaly(mode: boolean, options: AnomalyOptions = {}): void {
  checkOptions('setDetectAnomaly', options, ['checkNan']);
  enabled = mode;
  checkNan = options.checkNan ?? true;
  binding.setAnomaly(enabled, checkNan);
}

/** Whether this thread has switched anomaly detection on. */
export function isAnomalyEnabled(): boolean {
  return enabled;
}

/**
 * Runs `body`, forward and backward, with anomaly detection; a body that is async keeps it on until its promise settles.
 * When a backward function fails or gives NaN, the error's message ends with the stack of the forward call.
 */
export function detectAnomaly<T>(body: () => T, options: AnomalyOptions = {}): T {
  requireFunction('detectAnomaly', 'body', body);
  checkOptions('detectAnomaly', options, ['checkNan']);
  const before = { mode: enabled, checkNan };
  const restore = (): void => setDetectAnomaly(before.mode, { checkNan: before.checkNan });
  setDetectAnomaly(true, options);
  return afterwards(body, restore);
}

/** Before a pass: clears the report that an earlier one has left. */
export function forgetReport(): void {
  if (enabled) binding.anomalyReport();
}

/** The typed form of what the engine threw, with what anomaly detection knows; an error of JavaScript stays as it is. */
export function withAnomalyReport(error: unknown, where: string): unknown {
  const typed = typedError(error, where);
  const report = enabled ? binding.anomalyReport() : null;
  if (report !== null && typed instanceof TorchError && !isFromCallback(error))
    typed.message += `\nAnomaly detection: ${report}`;
  return typed;
}
