import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { torch } from 'torchts';

/** Seconds that `work` takes, to the end of what it queued on the device. */
export function seconds(device: string, work: () => void): number {
  settle(device);
  const start = performance.now();
  work();
  settle(device);
  return (performance.now() - start) / 1000;
}

function settle(device: string): void {
  if (device !== 'cpu') torch.accelerator.synchronize();
}

/** The most bytes ever: of this process's resident set, or of the accelerator's allocator. */
export function peakBytes(device: string): number {
  if (device !== 'cpu') return torch.accelerator.memory().peakAllocated;
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1];
  return Number(kibibytes) * 1024;
}
