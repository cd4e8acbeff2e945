/** The largest batch that the memory holds, found by trying: steps of a training on batches that grow, and the peak of each. */
import os from 'node:os';
import { InputError, OutOfMemoryError } from '../errors';
import { expected, resolveOptions } from '../options';
import { accelerator, scoped, type Device } from '../tensor';
import { type FitOptions, fitSettings } from './fit-options';
import { restored } from './restored';
import { Stepper } from './step';

/** What `findBatchSize` takes: the options of `fit` that decide a step, how to make a batch, and the limits. */
export interface FindBatchSizeOptions<Batch> extends Pick<
  FitOptions<Batch>,
  'model' | 'loss' | 'optimizer' | 'groups' | 'layerDecay' | 'clipNorm' | 'clipValue' | 'precision' | 'ema' | 'release'
> {
  /** Makes a batch of a size, with samples as large as they get. */
  readonly batchOf: (size: number) => Batch | Promise<Batch>;
  /** The largest size to look at. @default 1024 */
  readonly most?: number;
  /** Bytes that the process, or on an accelerator the allocator, may take. @default what is free, and what it has */
  readonly memoryBytes?: number;
  /** The share of these bytes to fill. @default 0.9 */
  readonly share?: number;
}

/** A size that was tried. */
export interface BatchSizeTrial {
  readonly size: number;
  /** The most memory that was taken until its step was over; null where the memory ran out. */
  readonly peakBytes: number | null;
}

export interface BatchSizeRange {
  /** The largest power of two, or `most`, whose step fits. */
  readonly batchSize: number;
  readonly trials: readonly BatchSizeTrial[];
}

const DEFAULTS = { most: 1024, memoryBytes: null as number | null, share: 0.9 };

/**
 * Makes one optimizer step on batches of 1, 2, 4, … samples, until the next would not fit: by the line through the last two peaks, or
 * because the memory ran out. On an accelerator peaks are those of its allocator, on the CPU those of the process (its maximum resident
 * size). Weights, buffers, optimizer and random state are then as before.
 * @throws InputError when not even one sample fits
 */
export async function findBatchSize<Batch>(options: FindBatchSizeOptions<Batch>): Promise<BatchSizeRange> {
  const { batchOf, most, memoryBytes, share, ...rest } = options;
  const limits = resolveOptions('findBatchSize', DEFAULTS, { most, memoryBytes, share });
  if (!Number.isInteger(limits.most) || limits.most < 1)
    throw expected('findBatchSize', 'a whole number from 1 on for most', limits.most, '', InputError);
  if (!(limits.share > 0 && limits.share <= 1))
    throw expected('findBatchSize', 'a number above 0 and at most 1 for share', limits.share, '', InputError);
  const device = options.model.parameters()[0]?.device ?? 'cpu';
  const budget = limits.share * (limits.memoryBytes ?? availableBytes(device));
  return restored(options.model, options.optimizer, async () => {
    const settings = fitSettings<Batch>({ ...rest, data: { batches: 1, epoch: nothing }, epochs: 1, run: '' });
    const stepper = new Stepper<Batch>({ ...settings, scheduler: { step: () => {} } });
    const step = async (size: number): Promise<void> => {
      settings.model.train();
      const batch = await batchOf(size);
      scoped(() => stepper.backward(stepper.forward(batch).loss, 1));
      stepper.update();
      settings.release(batch);
    };
    return largestFitting((size) => peakOf(device, () => step(size)), { budget, most: limits.most });
  });
}

async function* nothing(): AsyncGenerator<never> {}

/**
 * Doubles the size while the next one is expected to fit.
 * @param measure the peak of a step of that size; null where the memory ran out
 */
export async function largestFitting(
  measure: (size: number) => Promise<number | null>,
  { budget, most }: { readonly budget: number; readonly most: number },
): Promise<BatchSizeRange> {
  const trials: BatchSizeTrial[] = [];
  let best = 0;
  for (let size = 1; size <= most; size = best === most ? most + 1 : Math.min(2 * size, most)) {
    if (best > 0 && predicted(trials, size) > budget) break;
    const peakBytes = await measure(size);
    trials.push({ size, peakBytes });
    if (peakBytes === null || peakBytes > budget) break;
    best = size;
  }
  if (best > 0) return { batchSize: best, trials };
  const found = trials[0]!.peakBytes;
  throw new InputError(
    `findBatchSize: expected a step on one sample to fit into ${megabytes(budget)} MB, found ${found === null ? 'that the memory ran out' : `${megabytes(found)} MB`}; ` +
      'take a smaller model or sample, another precision, or torch.utils.checkpoint',
  );
}

/** On the line through the last two peaks. Where these are equal, the peak of a process is from before them: no more is sure than the proportion. */
function predicted(trials: readonly BatchSizeTrial[], size: number): number {
  const [last, before] = [trials.at(-1)!, trials.at(-2)];
  const slope = before ? (last.peakBytes! - before.peakBytes!) / (last.size - before.size) : 0;
  return slope > 0 ? last.peakBytes! + slope * (size - last.size) : last.peakBytes! * (size / last.size);
}

async function peakOf(device: Device, step: () => Promise<void>): Promise<number | null> {
  if (device !== 'cpu') accelerator.resetPeakMemory();
  try {
    await step();
  } catch (error) {
    if (error instanceof OutOfMemoryError) return null;
    throw error;
  }
  // Of a process there is the peak since its beginning alone; the sizes grow, so that is theirs.
  return device === 'cpu' ? 1024 * process.resourceUsage().maxRSS : accelerator.memory().peakAllocated;
}

function availableBytes(device: Device): number {
  if (device !== 'cpu') return accelerator.memory().reserved + accelerator.memoryInfo().free;
  const limit = Math.min(os.totalmem(), process.constrainedMemory() || Infinity);
  return Math.min(limit, process.memoryUsage.rss() + os.freemem());
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
