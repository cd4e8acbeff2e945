/** What a process holds, over the steps of a loop. */
import { getHeapStatistics } from 'node:v8';
import * as torch from '../../ts/tensor';
import type { Step } from './loops';

/** The quantities that must stay flat; all but `tensors` are bytes. */
export interface Usage {
  readonly tensors: number;
  /** Of those tensors. */
  readonly bytes: number;
  /** What libtorch's CPU allocator has out, graphs included. */
  readonly allocated: number;
  readonly resident: number;
  readonly heap: number;
}

/** One look at it. */
export interface Sample extends Usage {
  /** Steps done. */
  readonly step: number;
}

/** How long to go on: a number of steps, or a time. */
export type Length = { readonly steps: number } | { readonly seconds: number };

const SAMPLES = 400;

/** The process as it is now. */
export function sample(step: number): Sample {
  const { tensors, bytes } = torch.memory();
  return {
    step,
    tensors,
    bytes,
    allocated: torch.allocatedBytes(),
    resident: process.memoryUsage.rss(),
    heap: getHeapStatistics().used_heap_size,
  };
}

/** Does `step` again and again and looks at regular intervals; never collects, nor waits where the step does not. */
export async function watch(step: Step, length: Length): Promise<Sample[]> {
  const samples: Sample[] = [];
  const start = performance.now();
  const done = (i: number): number =>
    'steps' in length ? i / length.steps : (performance.now() - start) / 1000 / length.seconds;
  for (let i = 0; done(i) < 1; i++) {
    const pending = step(i);
    if (pending) await pending;
    if (done(i + 1) * SAMPLES >= samples.length + 1) samples.push(sample(i + 1));
  }
  return samples;
}
