import { BatchNorm1d, BatchNorm2d, BatchNorm3d, SyncBatchNorm, type Module } from '../../nn';
import * as torch from '../../tensor';
import { Tensor, type Device } from '../../tensor';
import { AveragedModel } from './averaged-model';
import { requireModule } from '../../nn/require-module';

/** A batch: the input, or a list that begins with it. */
export type Batch = Tensor | readonly [Tensor, ...unknown[]];

/**
 * Computes the running statistics of the batch norms of `model` anew, as plain means over the batches of `loader`: those
 * of averaged weights are not the average of statistics.
 * @param device where the inputs are moved to; null leaves them
 */
export async function updateBn(
  loader: Iterable<Batch> | AsyncIterable<Batch>,
  model: Module,
  device: Device | null = null,
): Promise<void> {
  requireModule('updateBn', 'model', model);
  if (model instanceof AveragedModel) {
    const mode = model.training;
    model.training = true;
    try {
      return await (model as AveragedModel).lend((inner) => updateBn(loader, inner, device));
    } finally {
      model.training = mode;
    }
  }
  const norms = model.modules().filter(isBatchNorm);
  if (norms.length === 0) return;
  const momenta = norms.map((norm) => norm.momentum);
  const modes = model.modules().map((module) => [module, module.training] as const);
  for (const norm of norms) {
    norm.resetRunningStats();
    setMomentum(norm, null);
  }
  try {
    model.train();
    await torch.noGrad(() => runAll(loader, model, device));
  } finally {
    for (const [i, norm] of norms.entries()) setMomentum(norm, momenta[i]!);
    for (const [module, mode] of modes) module.training = mode;
  }
}

const KINDS = [BatchNorm1d, BatchNorm2d, BatchNorm3d, SyncBatchNorm];
type BatchNorm = InstanceType<(typeof KINDS)[number]>;

function isBatchNorm(module: Module): module is BatchNorm {
  return KINDS.some((kind) => module instanceof kind);
}

function setMomentum(norm: BatchNorm, momentum: number | null): void {
  Reflect.set(norm, 'momentum', momentum);
}

async function runAll(
  loader: Iterable<Batch> | AsyncIterable<Batch>,
  model: Module,
  device: Device | null,
): Promise<void> {
  for await (const batch of loader) {
    const input = batch instanceof Tensor ? batch : batch[0];
    torch.scoped(() => void model.forward(...([device === null ? input : input.to(device)] as never[])));
  }
}
