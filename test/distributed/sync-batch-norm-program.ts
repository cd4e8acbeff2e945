/** One rank of sync-batch-norm.test.ts: how far SyncBatchNorm over the parts of two processes is from BatchNorm over the whole. */
import { distributed as dist, nn, noGrad, ones, type DType, type Tensor } from '../../ts';
import { asRank, waves } from './program';

interface Case {
  readonly options?: nn.BatchNormOptions;
  /** Behind (B, 4). */
  readonly spatial?: readonly number[];
  /** Samples of rank 0, of the eight there are. */
  readonly first?: number;
  readonly lastChannels?: boolean;
  readonly dtype?: DType;
  readonly evaluates?: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  'equal parts': { first: 4 },
  'parts of different sizes': { first: 3 },
  'a process without samples': { first: 8 },
  'one sample in a process': { first: 1, spatial: [] },
  'no parameters': { options: { affine: false } },
  'no shift': { options: { bias: false } },
  'an average over all batches': { options: { momentum: null } },
  'no running statistics': { options: { trackRunningStats: false } },
  'three dimensions': { spatial: [2, 3, 2] },
  'channels that lie last': { lastChannels: true },
  float64: { dtype: 'float64' },
  bfloat16: { dtype: 'bfloat16' },
  evaluation: { evaluates: true },
};

const SAMPLES = 8;
const CHANNELS = 4;

function numbers(shape: readonly number[], seed: number, dtype: DType): Tensor {
  return waves(shape, seed).mul(2).add(1).to(dtype);
}

function fill(norm: nn.Module, dtype: DType): void {
  noGrad(() => norm.parameters().forEach((one, i) => one.copy_(numbers([CHANNELS], 5 + i, dtype))));
}

/** The largest difference between two tensors. */
function distance(one: Tensor | null, other: Tensor | null): number {
  if (one === null || other === null) return one === other ? 0 : Infinity;
  if (one.numel() === 0) return 0;
  return Number(one.to('float64').sub(other.to('float64')).abs().max().item());
}

async function summed(gradient: Tensor | null): Promise<Tensor | null> {
  if (gradient !== null) await dist.allReduce(gradient);
  return gradient;
}

/** Two batches through both norms: how far apart outputs, gradients and running statistics are. */
async function compare(rank: number, one: Case): Promise<Record<string, number>> {
  const { options = {}, spatial = [3, 2], first = 4, dtype = 'float32', evaluates = false } = one;
  const whole = spatial.length === 0 ? new nn.BatchNorm1d(CHANNELS, options) : ofDimensions(spatial.length, options);
  const sync = new nn.SyncBatchNorm(CHANNELS, options);
  for (const norm of [whole, sync]) fill(norm.to(dtype).train(!evaluates), dtype);
  const [from, count] = rank === 0 ? [0, first] : [first, SAMPLES - first];
  const found: Record<string, number> = {};
  for (const seed of [0, 100]) {
    const laid = (tensor: Tensor): Tensor =>
      one.lastChannels ? tensor.contiguous({ memoryFormat: 'channels_last' }) : tensor;
    const x = laid(numbers([SAMPLES, CHANNELS, ...spatial], seed, dtype));
    const own = laid(x.narrow(0, from, count).clone()).requiresGrad_();
    x.requiresGrad_();
    const dy = numbers(x.shape, seed + 50, dtype);
    const [expected, output] = [whole.forward(x), sync.forward(own)];
    for (const norm of [whole, sync]) norm.zeroGrad();
    expected.mul(dy).sum().backward();
    output
      .mul(dy.narrow(0, from, count))
      .sum()
      .backward();
    found['output'] = distance(output, expected.narrow(0, from, count));
    found['gradient of the input'] = distance(own.grad, x.grad!.narrow(0, from, count));
    found['gradient of the weight'] = distance(await summed(sync.weight?.grad ?? null), whole.weight?.grad ?? null);
    found['gradient of the bias'] = distance(await summed(sync.bias?.grad ?? null), whole.bias?.grad ?? null);
  }
  for (const [i, buffer] of sync.buffers().entries()) found[`buffer ${i}`] = distance(buffer, whole.buffers()[i]!);
  return found;
}

function ofDimensions(spatial: number, options: nn.BatchNormOptions): nn.BatchNorm2d | nn.BatchNorm3d {
  return spatial === 3 ? new nn.BatchNorm3d(CHANNELS, options) : new nn.BatchNorm2d(CHANNELS, options);
}

async function measure(rank: number): Promise<object> {
  const found: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(CASES)) found[name] = await compare(rank, one);
  // One process is as many as a group may have: then it is a batch norm, to the last bit.
  const groups = [await dist.newGroup([0]), await dist.newGroup([1])];
  const [alone, whole] = [
    new nn.SyncBatchNorm(CHANNELS, { processGroup: groups[rank]! }),
    new nn.BatchNorm2d(CHANNELS),
  ];
  const x = numbers([2, CHANNELS, 3, 3], rank, 'float32');
  found['a group of one'] = { output: distance(alone.forward(x), whole.forward(x)) };
  // A copy calls the same processes.
  const model = new nn.Sequential(new nn.Conv2d(CHANNELS, CHANNELS, 1), new nn.BatchNorm2d(CHANNELS));
  const copy = nn.SyncBatchNorm.convertSyncBatchnorm(model, { processGroup: groups[rank]! }).clone() as typeof model;
  const norm = copy.at(1) as nn.SyncBatchNorm;
  found['a copy'] = {
    group: norm.processGroup === groups[rank] ? 0 : 1,
    output: Number(
      copy
        .forward(ones([1, CHANNELS, 2, 2]))
        .isnan()
        .any()
        .item(),
    ),
  };
  return found;
}

void asRank(measure);
