/**
 * The learning-rate range test (Smith 2015, arXiv 1506.01186): some steps at rates that grow, and the loss at each of them. Rates,
 * smoothing, end and suggestion are those of Lightning's `lr_find`.
 */
import { InputError } from '../errors';
import { expected, resolveOptions } from '../options';
import * as torch from '../tensor';
import { type FitOptions, fitSettings } from './fit-options';
import { restored } from './restored';
import { batchSeed } from './state';
import { Stepper } from './step';

/** What `findLearningRate` takes: the options of `fit` that decide a step, and the range. */
export interface FindLearningRateOptions<Batch> extends Pick<
  FitOptions<Batch>,
  | 'model'
  | 'data'
  | 'loss'
  | 'optimizer'
  | 'groups'
  | 'layerDecay'
  | 'clipNorm'
  | 'clipValue'
  | 'precision'
  | 'seed'
  | 'release'
  | 'signal'
> {
  /** The first rate. Of groups with different rates the highest has it, and the others keep their proportion. @default 1e-8 */
  readonly minLr?: number;
  /** The last rate. @default 1 */
  readonly maxLr?: number;
  /** Steps from one to the other, at least 3. @default 100 */
  readonly steps?: number;
  /** Ends the test once the smoothed loss is so many times its least. @default 4 */
  readonly divergence?: number;
}

/** One step of the test. */
export interface RangePoint {
  /** The rate of the step. */
  readonly lr: number;
  /** The loss before the step, smoothed over those before it. */
  readonly loss: number;
}

export interface LearningRateRange {
  /** The rate at which the loss falls most steeply; null where the test ended too early to tell. */
  readonly lr: number | null;
  readonly curve: readonly RangePoint[];
}

const DEFAULTS = { minLr: 1e-8, maxLr: 1, steps: 100, divergence: 4 };
/** Decay of the mean of losses. */
const SMOOTHING = 0.98;
/** Points that tell nothing of the slope. */
const SKIPPED = { begin: 10, end: 1 };

/**
 * Trains for some steps at growing rates. Weights, buffers, which parameters require gradients, optimizer and random state are then
 * as before.
 */
export async function findLearningRate<Batch>(options: FindLearningRateOptions<Batch>): Promise<LearningRateRange> {
  const { minLr, maxLr, steps, divergence, ...rest } = options;
  const range = resolveOptions('findLearningRate', DEFAULTS, { minLr, maxLr, steps, divergence });
  if (!(range.minLr > 0 && range.maxLr > range.minLr))
    throw new InputError(`findLearningRate: expected 0 < minLr < maxLr, found ${range.minLr} and ${range.maxLr}`);
  if (!Number.isInteger(range.steps) || range.steps < 3)
    throw expected('findLearningRate', 'a whole number from 3 on for steps', range.steps, '', InputError);
  return restored(options.model, options.optimizer, async () => {
    const settings = fitSettings<Batch>({ ...rest, epochs: 1, run: '' });
    const growth = range.maxLr / range.minLr;
    const rates = Array.from({ length: range.steps }, (_, i) => range.minLr * growth ** (i / (range.steps - 1)));
    const curve = await rangeTest(settings, rates, range.divergence);
    return { lr: steepest(curve), curve };
  });
}

type Settings<Batch> = ReturnType<typeof fitSettings<Batch>>;

async function rangeTest<Batch>(
  settings: Settings<Batch>,
  rates: readonly number[],
  divergence: number,
): Promise<RangePoint[]> {
  const { plan, model, data, optimizer, release, signal } = settings;
  const stepper = new Stepper<Batch>({ ...settings, scheduler: { step: () => {} }, averages: undefined });
  const base = optimizer.paramGroups.map((group) => group.lr);
  const highest = Math.max(...base);
  const curve: RangePoint[] = [];
  let mean = 0;
  let least = Infinity;
  model.train();
  for (let epoch = 0; curve.length < rates.length; epoch++) {
    let batches = 0;
    for await (const batch of data.epoch(epoch)) {
      signal.throwIfAborted();
      const lr = rates[curve.length]!;
      optimizer.paramGroups.forEach((group, i) => (group.lr = lr * (base[i]! / highest)));
      torch.manualSeed(batchSeed(plan.seed, epoch, batches++));
      const loss = torch.scoped(() => {
        const { loss } = stepper.forward(batch);
        stepper.backward(loss, 1);
        return Number(loss.item());
      });
      release(batch);
      const { gradNorm } = stepper.update();
      mean = SMOOTHING * mean + (1 - SMOOTHING) * loss;
      const smoothed = mean / (1 - SMOOTHING ** (curve.length + 1));
      curve.push({ lr, loss: smoothed });
      if (curve.length === rates.length || !Number.isFinite(loss) || !Number.isFinite(gradNorm)) return curve;
      if (curve.length > 2 && smoothed > divergence * least) return curve;
      least = Math.min(least, smoothed);
    }
    if (batches === 0) throw new InputError('findLearningRate: expected batches, found none');
  }
  return curve;
}

/** Where the curve falls most from one point to the next, by central differences (numpy.gradient). */
function steepest(curve: readonly RangePoint[]): number | null {
  const points = curve.slice(SKIPPED.begin, -SKIPPED.end).filter(({ loss }) => Number.isFinite(loss));
  if (points.length < 2) return null;
  const last = points.length - 1;
  const slopes = points.map((_, i) => {
    const [from, to] = [Math.max(0, i - 1), Math.min(last, i + 1)];
    return (points[to]!.loss - points[from]!.loss) / (to - from);
  });
  return points[slopes.indexOf(Math.min(...slopes))]!.lr;
}
