/** Accelerators and threads. */
import { binding } from '../native/binding';
import { guarded } from '../native/raise';
import type { DeviceKind } from './device';

/** What a device's allocator has out, in bytes. */
export interface DeviceMemory {
  /** Bytes in tensors now. */
  readonly allocated: number;
  /** Bytes taken from the device, cached ones included. */
  readonly reserved: number;
  readonly peakAllocated: number;
  readonly peakReserved: number;
}

/** The accelerator that libtorch was built for and found: CUDA, MPS, … */
export const accelerator = {
  /** `'cuda'`, `'mps'`, … or null. */
  current: (): DeviceKind | null => binding.accelerator() as DeviceKind | null,
  isAvailable: (): boolean => binding.accelerator() !== null,
  deviceCount: (): number => binding.deviceCount(),
  /** Waits until all work on the device is done. */
  synchronize: (index?: number): void => guarded('accelerator.synchronize', () => binding.synchronize(index)),
  /** Gives cached blocks back to the device. */
  emptyCache: (): void => guarded('accelerator.emptyCache', () => binding.emptyCache()),
  memory: (index = 0): DeviceMemory => guarded('accelerator.memory', () => binding.deviceMemory(index)),
  resetPeakMemory: (index = 0): void => guarded('accelerator.resetPeakMemory', () => binding.resetPeakMemory(index)),
};

/** PyTorch's `torch.cuda`, as far as it does not need CUDA's own headers. */
export const cuda = {
  ...accelerator,
  isAvailable: (): boolean => binding.accelerator() === 'cuda',
  deviceCount: (): number => (binding.accelerator() === 'cuda' ? binding.deviceCount() : 0),
};

/** Threads that one operator may use on the CPU. */
export function setNumThreads(count: number): void {
  guarded('setNumThreads', () => binding.setNumThreads(count));
}

/**
 * Runs `body`, up to its first `await`, with operators on this thread alone: for many small operators beside other work,
 * where waking and gathering threads costs more than they bring.
 */
export function onOneThread<T>(body: () => T): T {
  const before = binding.limitThreads(1);
  try {
    return body();
  } finally {
    if (before > 0) binding.limitThreads(before);
  }
}

/** How many threads one operator may use on the CPU. */
export function getNumThreads(): number {
  return binding.getNumThreads();
}

/** How libtorch was built: compiler, BLAS, instruction sets. */
export function showConfig(): string {
  return binding.showConfig();
}

/** Version of the libtorch that the addon was built against. */
export const version: string = binding.torchVersion();
