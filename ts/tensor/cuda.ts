/** `torch.cuda`: the accelerator under PyTorch's names for NVIDIA's. */
import { DeviceError } from '../errors';
import { binding } from '../native/binding';
import { guarded } from '../native/raise';
import { accelerator, type DeviceMemory } from './accelerator';
import { Graph } from './graph';
import { getRngState, setRngState, manualSeed } from './random';
import type { Tensor } from './tensor';

/** What CUDA's driver tells of a device; sizes in bytes, clocks in kHz. */
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

function isAvailable(): boolean {
  return binding.accelerator() === 'cuda';
}

function needed(what: string): void {
  if (!isAvailable()) throw new DeviceError(`cuda.${what}: expected an NVIDIA GPU and a libtorch with CUDA, found none (\`npx torchts doctor\` tells why)`);
}

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
  deviceCount: (): number => (isAvailable() ? binding.deviceCount() : 0),
  currentDevice: accelerator.currentDeviceIndex,
  setDevice: accelerator.setDeviceIndex,
  /** Runs `body`, which may be async, with another current device. */
  device: accelerator.deviceIndex,
  getDeviceProperties,
  getDeviceName: (index?: number): string => getDeviceProperties(index).name,
  getDeviceCapability: (index?: number): readonly [major: number, minor: number] => {
    const { major, minor } = getDeviceProperties(index);
    return [major, minor];
  },
  /** Whether the device computes in bfloat16 itself: from compute capability 8 on. */
  isBf16Supported: (): boolean => isAvailable() && getDeviceProperties().major >= 8,
  memoryAllocated: statistic('allocated'),
  maxMemoryAllocated: statistic('peakAllocated'),
  memoryReserved: statistic('reserved'),
  maxMemoryReserved: statistic('peakReserved'),
  memoryStats: accelerator.memory,
  memGetInfo: accelerator.memoryInfo,
  resetPeakMemoryStats: accelerator.resetPeakMemory,
  manualSeed,
  manualSeedAll: manualSeed,
  getRngState: (index = 0): Tensor => {
    needed('getRngState');
    return getRngState(`cuda:${index}`);
  },
  setRngState: (state: Tensor, index = 0): void => {
    needed('setRngState');
    setRngState(state, `cuda:${index}`);
  },
};
