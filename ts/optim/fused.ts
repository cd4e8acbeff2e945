import type { Batch } from './parameter-batches';

/** Devices whose backends carry the fused optimizer kernels. */
const fusedDevices = ['cpu', 'cuda', 'mps', 'xpu'];

/** Options of the optimizers that libtorch has a fused kernel for. */
export interface FusedGroup {
  /** Step by the fused kernel; null where the device has one. */
  fused: boolean | null;
}

/** Whether a batch steps by one fused kernel; otherwise by `_foreach` operators, which every device has. */
export function usesFused({ device, aligned }: Batch, { fused }: FusedGroup): boolean {
  if (fused !== null) return fused && aligned;
  return aligned && fusedDevices.includes(device.split(':')[0] as string);
}
