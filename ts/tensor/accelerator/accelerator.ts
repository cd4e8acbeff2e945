/** `torch.accelerator`: the device beside the CPU that libtorch was built for and found, whatever its kind. */
import { InputError } from '../../errors';
import { binding, type DeviceMemory } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { context } from '../core/context';
import type { Device, DeviceKind } from '../types/device';
import { Event, currentStream, defaultStream, onStream, setStream, Stream } from './streams';
import { capture, Graph } from './graph';
import { currentDevice, onDevice, setDevice } from './current-device';
import { expected } from '../../options';

export type { DeviceMemory };

/** Memory of a device, of all processes, in bytes. */
export interface DeviceFree {
  readonly free: number;
  readonly total: number;
}

/** PyTorch's `torch.accelerator`. */
export const accelerator = {
  Stream,
  Event,
  Graph,
  /** `'cuda'`, `'mps'`, … or null. */
  current: (): DeviceKind | null => binding.accelerator() as DeviceKind | null,
  /** Whether libtorch found one. */
  isAvailable: (): boolean => binding.accelerator() !== null,
  /** Number of devices, 0 without an accelerator. */
  deviceCount: (): number => binding.deviceCount(),
  /** The device that a bare kind stands for in this context. */
  currentDevice,
  /**
   * Number of the current device in this context.
   * @throws DeviceError without an accelerator
   */
  currentDeviceIndex: (): number => {
    context();
    return guarded('accelerator.currentDeviceIndex', () => binding.deviceIndex());
  },
  setDeviceIndex: setDevice,
  /** Runs `body` with another current device. */
  deviceIndex: onDevice,
  currentStream,
  defaultStream,
  setStream,
  /** Runs `body` with its work on a stream. */
  stream: onStream,
  /** Records the work of `body` as a graph. */
  graph: capture,
  /** Waits until all work on the device is done. */
  synchronize: (index?: number): void => guarded('accelerator.synchronize', () => binding.synchronize(index)),
  /** Returns the blocks that libtorch caches for later tensors to the device, and those of the CPU to the system. */
  emptyCache: (): void => guarded('accelerator.emptyCache', () => binding.emptyCache()),
  /**
   * What libtorch's allocator holds of a device's memory, now and at its peak.
   * @param index @default the current device
   * @throws DeviceError without that device
   */
  memory: (index?: number): DeviceMemory => guarded('accelerator.memory', () => binding.deviceMemory(index)),
  /**
   * Memory of a device, of all processes, in bytes.
   * @param index @default the current device
   * @throws DeviceError without that device
   */
  memoryInfo: (index?: number): DeviceFree => {
    const [free, total] = guarded('accelerator.memoryInfo', () => binding.deviceFree(index));
    return { free, total };
  },
  /**
   * Resets the peaks of `memory` to what is in use now.
   * @param index @default the current device
   * @throws DeviceError without that device
   */
  resetPeakMemory: (index?: number): void =>
    guarded('accelerator.resetPeakMemory', () => binding.resetPeakMemory(index)),
};

/**
 * Collects garbage as soon as tensors on `device` hold more than `bytes`: the collector of JavaScript sees only how much
 * memory there is in all, not how much the device has left. Tensors that a scope frees are not affected.
 * @param bytes null for no watermark. @default none on the CPU, four fifths of an accelerator's memory
 */
export function setMemoryWatermark(device: Device, bytes: number | null): void {
  if (bytes !== null && !(typeof bytes === 'number' && bytes >= 0))
    throw expected('setMemoryWatermark', 'bytes of at least 0, or null', bytes, '', InputError);
  guarded('setMemoryWatermark', () => binding.setWatermark(device, bytes ?? -1));
}
