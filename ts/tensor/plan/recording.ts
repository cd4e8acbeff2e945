/** Records which operators a forward calls, with which arguments, so that a plan (plan.ts) can call them for other values. */
import { binding, type NativeRecording } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { noGrad } from '../core/modes';
import { keep } from '../memory/lifetime';
import { encodeAll } from '../operators/operator';
import { Tensor } from '../core/tensor';
import { traced } from '../core/context';

export type { RecordedArgument, RecordedCall, RecordedValue } from '../../native/binding';

/** What one forward did. */
export interface Recording extends Omit<NativeRecording, 'values'> {
  readonly values: readonly ValueOfRecording[];
}

interface ValueOfRecording extends Omit<NativeRecording['values'][number], 'handle'> {
  /** Of a constant: its tensor, the caller's to dispose of. */
  readonly constant?: Tensor;
}

/** Why no plan can do what the forward did. */
export interface Refusal {
  readonly refusal: string;
}

let running = false;

/**
 * Runs `forward`, without gradients, and notes the operators that it calls.
 * @param inputs the tensors that other calls will have others for; all else that exists is a constant
 * @param outputsOf the tensors of a result
 * @throws what `forward` throws
 */
export function record<T>(
  inputs: readonly Tensor[],
  forward: () => T,
  outputsOf: (result: T) => readonly Tensor[],
): { result: T; recording: Recording | Refusal } {
  guarded('record', () => {
    encodeAll([inputs]);
    binding.recordBegin();
  });
  running = true;
  try {
    const result = noGrad(() => traced(forward));
    const outputs = outputsOf(result);
    running = false; // from here on there is nothing to abort
    const found = guarded('record', () => {
      encodeAll([outputs]);
      return binding.recordEnd();
    });
    return { result, recording: 'refusal' in found ? found : withTensors(found) };
  } finally {
    if (running) binding.recordAbort();
    running = false;
  }
}

/** Whether a forward is being recorded: there can be one at a time. */
export function isRecording(): boolean {
  return running;
}

function withTensors({ values, ...rest }: NativeRecording): Recording {
  return {
    ...rest,
    values: values.map(({ handle, ...value }) =>
      handle === undefined ? value : { ...value, constant: keep(new Tensor(handle)) },
    ),
  };
}

/** Names the module whose forward runs from now on, for messages and printed plans. */
export function recordModule(path: string): void {
  binding.recordModule(path);
}

/** Says that no plan can do what the forward does; the first reason counts. */
export function refuseRecording(reason: string): void {
  binding.recordRefuse(reason);
}
