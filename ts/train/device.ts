import { UsageError } from '../errors';
import { silent, type Listener } from '../native/listener';
import { cudaProblem } from '../native/load';
import { accelerator, device, type Device } from '../tensor';
import type { TrainPlan } from './types';

/**
 * The device that a setting names: `auto` is the accelerator where there is one. Of several processes on a machine each takes one of
 * its own, unless the setting has an index.
 * @param listener is told why a libtorch for CUDA sees none
 * @param localRank the number of this process on its machine, as a launcher sets it
 * @throws UsageError when it is absent
 */
export function chooseDevice(
  setting: string,
  listener: Listener = silent,
  localRank: string | undefined = process.env['LOCAL_RANK'],
): Device {
  const available = accelerator.current();
  if (setting === 'auto') {
    const problem = available === null ? cudaProblem() : undefined;
    if (problem) listener.say(problem);
    return available === null ? 'cpu' : ownDevice(available, localRank);
  }
  if (setting === 'cpu') return setting;
  const [kind, index = '0'] = setting.split(':');
  if (setting === available) return ownDevice(available, localRank);
  if (kind === available && Number(index) < accelerator.deviceCount()) return device(setting);
  const there = available ? `cpu and ${accelerator.deviceCount()} x ${available}` : 'the cpu only';
  const problem = kind === 'cuda' && available === null ? cudaProblem() : undefined;
  throw new UsageError(
    `Expected a device that is here, found "${setting}": this libtorch sees ${there}; torchts doctor tells more.${problem ? ` ${problem}` : ''}`,
  );
}

/** Where there are fewer accelerators than processes, some share one. */
function ownDevice(kind: Device, localRank: string | undefined): Device {
  return localRank ? device(`${kind}:${Number(localRank) % accelerator.deviceCount()}`) : device(kind);
}

/** The type of autocast in training that a setting means on a device: `auto` is bfloat16 on an accelerator, float32 on a CPU. */
export function trainingPrecision(precision: 'auto' | TrainPlan['precision'], device: string): TrainPlan['precision'] {
  if (precision !== 'auto') return precision;
  return device === 'cpu' ? 'float32' : 'bfloat16';
}
