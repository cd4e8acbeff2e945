/**
 * Batch normalisation by the statistics of all processes' batches, as PyTorch's SyncBatchNorm computes it: each process sends mean
 * and spread of its own batch with the count behind them, so that batches of different sizes weigh as much as they hold.
 */
import { start } from '../../distributed/call';
import type { ProcessGroup } from '../../distributed/process-group';
import * as torch from '../../tensor';
import { autograd, type Tensor } from '../../tensor';

const { aten } = torch.ops;

/** Statistics that run along, and the weight of the newest batch in them. */
export interface Running {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly momentum: number;
}

/** Mean and spread of each channel, (C) each. */
type Moments = readonly [mean: Tensor, spread: Tensor];

/** How a kind of device computes. What `spread` is, is its own affair. */
interface Kernels {
  /** Of one process's batch. */
  moments(input: Tensor, eps: number): Moments;
  /** Of all batches, from (processes, C) each and the counts (processes); brings the running statistics up to date. */
  combine(input: Tensor, all: Moments, counts: Tensor, running: Running | null, eps: number): Moments;
  normalize(input: Tensor, weight: Tensor | null, bias: Tensor | null, moments: Moments, eps: number): Tensor;
  /** Sums over one process's batch: of dy, of dy (x - mean); gradients of weight and bias. (C) each */
  reduce(
    dy: Tensor,
    input: Tensor,
    moments: Moments,
    weight: Tensor | null,
    eps: number,
  ): [Tensor, Tensor, Tensor, Tensor];
  /** The gradient of the input, from those sums over all processes. */
  gradient(
    dy: Tensor,
    input: Tensor,
    moments: Moments,
    weight: Tensor | null,
    sums: Moments,
    counts: Tensor,
    eps: number,
  ): Tensor;
}

/** libtorch's own kernels, which it has for GPUs alone; their spread is the inverse of the standard deviation. */
const onGpu: Kernels = {
  moments: (input, eps) => aten.batch_norm_stats.default(input, eps) as [Tensor, Tensor],
  combine: (input, [means, spreads], counts, running, eps) =>
    aten.batch_norm_gather_stats_with_counts.default(
      ...[input, means, spreads, running?.mean ?? null, running?.variance ?? null, running?.momentum ?? 0, eps],
      counts.to(running?.mean.dtype ?? counts.dtype),
    ) as [Tensor, Tensor],
  normalize: (input, weight, bias, [mean, spread], eps) =>
    aten.batch_norm_elemt.default(input, weight, bias, mean, spread, eps) as Tensor,
  reduce: (dy, input, [mean, spread], weight) =>
    aten.batch_norm_backward_reduce.default(...[dy, input, mean, spread, weight, true, true, true]) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ],
  gradient: (dy, input, [mean, spread], weight, [sumDy, sumDyXmu], counts) =>
    aten.batch_norm_backward_elemt.default(
      ...[dy, input, mean, spread, weight?.to(mean.dtype) ?? null, sumDy, sumDyXmu, counts.to('int32')],
    ) as Tensor,
};

/** The same in float32 and float64 by what the CPU has; its spread is the variance. */
const onCpu: Kernels = {
  moments: (input) => aten.batch_norm_update_stats.default(input, null, null, 0) as [Tensor, Tensor],
  combine: (_input, [means, variances], counts, running) => {
    const total = counts.sum();
    const weights = counts.div(total).unsqueeze(1); // (processes) -> (processes, 1)
    const mean = means.mul(weights).sum(0);
    const variance = means.sub(mean).square().add(variances).mul(weights).sum(0);
    if (running) {
      const unbiased = variance.mul(total.div(total.sub(1)));
      running.mean.lerp_(mean.to(running.mean.dtype), running.momentum);
      running.variance.lerp_(unbiased.to(running.variance.dtype), running.momentum);
    }
    return [mean, variance];
  },
  normalize: (input, weight, bias, [mean, variance], eps) =>
    torch.batchNorm(input, weight, bias, mean, variance, false, 0, eps, false),
  reduce: (dy, input, [mean, variance], weight, eps) => {
    const [, dWeight, dBias] = aten.native_batch_norm_backward.default(
      ...[dy, input, weight, mean, variance, null, null, false, eps, [false, true, true]],
    ) as [Tensor, Tensor, Tensor];
    return [dBias, dWeight.mul(variance.add(eps).sqrt()), dWeight, dBias];
  },
  gradient: (dy, input, [mean, variance], weight, [sumDy, sumDyXmu], counts, eps) => {
    const [inverse, total] = [variance.add(eps).rsqrt(), counts.sum()];
    const scale = weight === null ? inverse : inverse.mul(weight); // dx = scale (dy - mean of dy - (x - mean) slope)
    const slope = sumDyXmu.div(total).mul(inverse.square());
    const shift = mean.mul(slope).sub(sumDy.div(total));
    const row = (channels: Tensor): Tensor =>
      channels.to(input.dtype).reshape([1, -1, ...input.shape.slice(2).map(() => 1)]); // (C) -> (1, C, 1…)
    return dy
      .add(row(shift))
      .sub(input.mul(row(slope)))
      .mul(row(scale));
  },
};

function kernelsFor({ device }: Tensor): Kernels {
  return device.startsWith('cuda') ? onGpu : onCpu;
}

class SyncBatchNormFunction extends autograd.Function {
  static readonly onceDifferentiable = true;

  static forward(
    ctx: autograd.FunctionContext,
    input: Tensor,
    weight: Tensor | null,
    bias: Tensor | null,
    running: Running | null,
    eps: number,
    group: ProcessGroup,
  ): Tensor {
    const kernels = kernelsFor(input);
    const { all, counts } = momentsOfAll(kernels, input, eps, group);
    const moments = kernels.combine(input, all, counts, running, eps);
    ctx.saveForBackward(input, weight, ...moments, counts);
    Object.assign(ctx, { group, eps });
    return input.numel() === 0 ? torch.emptyLike(input) : kernels.normalize(input, weight, bias, moments, eps);
  }

  static backward(ctx: autograd.FunctionContext, gradient: Tensor): (Tensor | null)[] {
    const [input, weight, mean, spread, counts] = ctx.savedTensors as [Tensor, Tensor | null, Tensor, Tensor, Tensor];
    const { group, eps } = ctx as unknown as { readonly group: ProcessGroup; readonly eps: number };
    const kernels = kernelsFor(input);
    const isEmpty = input.numel() === 0;
    const dy = gradient.contiguous({ memoryFormat: formatOf(input) });
    const [sumDy, sumDyXmu, dWeight, dBias] = isEmpty
      ? [mean, mean, mean, mean].map((one) => torch.zerosLike(one))
      : kernels.reduce(dy, input, [mean, spread], weight, eps);
    const gradients = [weight && dWeight!, ctx.needsInputGrad[2] ? dBias! : null, null, null, null];
    if (!ctx.needsInputGrad[0]) return [null, ...gradients];
    const sums = torch.stack([sumDy!, sumDyXmu!]); // (2, C)
    start('SyncBatchNorm', 'allReduce', { inputs: [sums], group }).wait();
    const total = [sums.select(0, 0), sums.select(0, 1)] as const;
    const dInput = isEmpty ? dy : kernels.gradient(dy, input, [mean, spread], weight, total, counts, eps);
    return [dInput, ...gradients];
  }
}

/** Mean and spread of the batch of each process that has one, (processes, C) each, and how many values are behind them. */
function momentsOfAll(
  kernels: Kernels,
  input: Tensor,
  eps: number,
  group: ProcessGroup,
): { all: Moments; counts: Tensor } {
  const channels = input.shape[1]!;
  const count = input.numel() / channels;
  const type = { dtype: input.dtype === 'float64' ? 'float64' : 'float32', device: input.device } as const;
  const own =
    count === 0
      ? torch.zeros([2 * channels + 1], type)
      : torch.cat([...kernels.moments(input, eps), torch.full([1], count, type)]); // (2C + 1)
  const joined = torch.empty([group.size * own.numel()], type);
  start('SyncBatchNorm', 'allGatherIntoTensor', { inputs: [own], outputs: [joined], group }).wait();
  const gathered = joined.reshape([group.size, own.numel()]); // (processes, 2C + 1)
  const counts = gathered.select(1, 2 * channels);
  const [means, spreads] = [gathered.narrow(1, 0, channels), gathered.narrow(1, channels, channels)];
  const present = counts.ge(1).nonzero().flatten();
  const rows = (tensor: Tensor): Tensor => tensor.indexSelect(0, present);
  return { all: [rows(means), rows(spreads)], counts: rows(counts) };
}

function formatOf(input: Tensor): 'channels_last' | 'contiguous' {
  const isLast = input.ndim === 4 && !input.isContiguous() && input.isContiguous('channels_last');
  return isLast ? 'channels_last' : 'contiguous';
}

/**
 * Normalises each channel of (B, C, *) by mean and variance over the batches of all processes of the group, which wait for each other
 * in it and in its derivative. Brings the running statistics up to date, the variance unbiased.
 */
export function syncBatchNorm(
  input: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  running: Running | null,
  eps: number,
  group: ProcessGroup,
): Tensor {
  const dense = input.contiguous({ memoryFormat: formatOf(input) });
  const isHalf = input.dtype === 'float16' || input.dtype === 'bfloat16';
  if (!isHalf || kernelsFor(input) === onGpu)
    return SyncBatchNormFunction.apply(dense, weight, bias, running, eps, group);
  const [x, w, b] = [dense, weight, bias].map((tensor) => tensor && tensor.to('float32')) as [
    Tensor,
    Tensor | null,
    Tensor | null,
  ];
  return SyncBatchNormFunction.apply(x, w, b, running, eps, group).to(input.dtype);
}
