import { InputError } from '../errors';
import type { Batch } from './plan';
import type { ParamGroup } from './param-group';

/** Devices whose backends carry the fused optimizer kernels. */
const fusedDevices = ['cpu', 'cuda', 'mps', 'xpu'];

/** Whether a batch steps by one fused kernel; otherwise by `_foreach` operators, which every device has. */
export function usesFused({ device, aligned }: Batch, { fused }: ParamGroup): boolean {
  if (fused !== null) return fused && aligned;
  return aligned && fusedDevices.includes(device.split(':')[0] as string);
}

/** Throws unless `value` lies in `[least, most)`. */
export function requireRange(owner: string, name: string, value: number, least: number, most = Infinity): void {
  if (value >= least && value < most) return;
  const range = most === Infinity ? `at least ${least}` : `at least ${least} and below ${most}`;
  throw new InputError(`${owner}: ${name} must be ${range}, got ${String(value)}.`);
}
