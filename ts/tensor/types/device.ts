/** Names of devices. */
import { DeviceError } from '../../errors';
import { show } from '../../options';

export const DEVICE_KINDS = ['cpu', 'cuda', 'mps', 'xpu', 'meta', 'hip', 'mtia', 'privateuseone'] as const;

/** A kind of device. */
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** Where a tensor lies: a kind of device, its first one, or one by its number. */
export type Device = DeviceKind | `${DeviceKind}:${number}`;

const NAME = new RegExp(`^(${DEVICE_KINDS.join('|')})(:\\d+)?$`);

/** Whether libtorch could know a device by this name; it need not be on this machine. */
export function isDevice(name: string): name is Device {
  return typeof name === 'string' && NAME.test(name);
}

/**
 * A device by a name that the compiler does not know, such as one from the command line.
 * @throws DeviceError when there can be no device of that name
 */
export function device(name: string): Device {
  if (isDevice(name)) return name;
  throw new DeviceError(
    `device: expected ${DEVICE_KINDS.join(', ')}, or one of them with a number such as cuda:1, found ${show(name)}`,
  );
}

/** The number in a device's name; 0 for a bare kind. */
export function numberOf(name: Device): number {
  return Number(name.split(':')[1] ?? 0);
}
