/** Which of an accelerator's devices work goes to. */
import { DeviceError } from '../../errors';
import { binding } from '../../native/binding';
import { change, context, within } from '../core/context';
import type { Device } from '../types/device';
import { show } from '../../options';

/** The accelerator's current device, such as `'cuda:0'`. */
export function currentDevice(): Device {
  const kind = binding.accelerator();
  if (kind === null)
    throw new DeviceError(
      'expected an accelerator, found none: libtorch sees no device but the CPU (`npx torchts doctor` tells why)',
    );
  context();
  return `${kind}:${binding.deviceIndex()}` as Device;
}

/** Runs `body`, which may be async, with device number `index` as the current one. */
export function onDevice<T>(index: number, body: () => T): T {
  return within({ deviceIndex: checked(index) }, body, () => undefined);
}

/** From now on, in this context, device number `index` is the current one. */
export function setDevice(index: number): void {
  change({ deviceIndex: checked(index) });
}

function checked(index: number): number {
  const count = binding.deviceCount();
  if (Number.isInteger(index) && index >= 0 && index < count) return index;
  const number = `found ${show(index)}`;
  throw new DeviceError(
    count === 0
      ? `expected an accelerator, ${number} where there is none`
      : `expected a device from 0 to ${count - 1}, ${number}`,
  );
}
