/** `torch.cuda`: the accelerator under PyTorch's names for NVIDIA's. */
import { DeviceError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { accelerator, type DeviceMemory } from './accelerator';
import { Graph } from './graph';
import { getRngState, setRngState, manualSeed } from '../random/random';
import type { Tensor } from '../core/tensor';

/** What CUDA's driver reports of a device; sizes in bytes, clocks in kHz. */
export interface DeviceProperties {
  readonly name: string;
  readonly totalMemory: number;
  /** Compute capability, before and after the dot. */
  readonly major: number;
  readonly minor: number;
  readonly multiProcessorCount: number;
  readonly warpSize: number;
  readonly maxThreadsPerBlock: number;
  readonly maxThreadsPerMultiProcessor: number;
  readonly sharedMemoryPerBlock: number;
  readonly sharedMemoryPerBlockOptin: number;
  readonly sharedMemoryPerMultiprocessor: number;
  readonly regsPerMultiprocessor: number;
  readonly l2CacheSize: number;
  readonly clockRate: number;
  readonly memoryClockRate: number;
  /** Bits. */
  readonly memoryBusWidth: number;
  readonly integrated: number;
  readonly isMultiGpuBoard: number;
}

/** Whether libtorch has CUDA and found an NVIDIA GPU. */
function isAvailable(): boolean {
  return binding.accelerator() === 'cuda';
}

function needed(what: string): void {
  if (!isAvailable())
    throw new DeviceError(
      `cuda.${what}: expected an NVIDIA GPU and a libtorch with CUDA, found none (\`npx torchts doctor\` tells why)`,
    );
}

/**
 * What the driver reports of a GPU.
 * @param index @default the current device
 * @throws DeviceError without that GPU
 */
function getDeviceProperties(index?: number): DeviceProperties {
  needed('getDeviceProperties');
  return guarded('cuda.getDeviceProperties', () => binding.deviceProperties(index)) as unknown as DeviceProperties;
}

function statistic(key: keyof DeviceMemory): (index?: number) => number {
  return (index) => {
    needed('memoryStats');
    return accelerator.memory(index)[key];
  };
}

/** PyTorch's `torch.cuda`. */
export const cuda = {
  ...accelerator,
  CUDAGraph: Graph,
  isAvailable,
  /** Number of GPUs, 0 without CUDA. */
  deviceCount: (): number => (isAvailable() ? binding.deviceCount() : 0),
  currentDevice: accelerator.currentDeviceIndex,
  setDevice: accelerator.setDeviceIndex,
  /** Runs `body`, which may be async, with another current device. */
  device: accelerator.deviceIndex,
  getDeviceProperties,
  /** Name of a GPU, such as `'NVIDIA A100-SXM4-40GB'`; `index` as in `getDeviceProperties`. */
  getDeviceName: (index?: number): string => getDeviceProperties(index).name,
  /** Compute capability of a GPU, before and after the dot; `index` as in `getDeviceProperties`. */
  getDeviceCapability: (index?: number): readonly [major: number, minor: number] => {
    const { major, minor } = getDeviceProperties(index);
    return [major, minor];
  },
  /** Whether the device computes in bfloat16 itself: from compute capability 8 on. */
  isBf16Supported: (): boolean => isAvailable() && getDeviceProperties().major >= 8,
  /**
   * Bytes in tensors on a GPU, the current one unless `index` is given; as `memory` has them.
   * @throws DeviceError without that GPU
   */
  memoryAllocated: statistic('allocated'),
  /** The most that `memoryAllocated` was since the start, or since `resetPeakMemoryStats`. */
  maxMemoryAllocated: statistic('peakAllocated'),
  /** Bytes that libtorch has taken from a GPU, cached ones included; otherwise as `memoryAllocated`. */
  memoryReserved: statistic('reserved'),
  /** The most that `memoryReserved` was since the start, or since `resetPeakMemoryStats`. */
  maxMemoryReserved: statistic('peakReserved'),
  memoryStats: accelerator.memory,
  memGetInfo: accelerator.memoryInfo,
  resetPeakMemoryStats: accelerator.resetPeakMemory,
  manualSeed,
  manualSeedAll: manualSeed,
  /**
   * State of the default generator of GPU number `index`, as a uint8 tensor that PyTorch reads too.
   * @throws DeviceError without that GPU
   */
  getRngState: (index = 0): Tensor => {
    needed('getRngState');
    return getRngState(`cuda:${index}`);
  },
  /**
   * Sets the default generator of GPU number `index` to a state of `getRngState`, from here or from PyTorch.
   * @throws DeviceError without that GPU
   */
  setRngState: (state: Tensor, index = 0): void => {
    needed('setRngState');
    setRngState(state, `cuda:${index}`);
  },
};
