/** Weights that a training has blown up. */
import type { Module } from '../nn';
import * as torch from '../tensor';

/** Says when weights are NaN or infinite: what such a model answers means nothing, though it looks like numbers. */
export function sayNotFinite(
  model: Module,
  source: string,
  say: (message: string) => void = (message) => process.emitWarning(message),
): void {
  const broken = torch.scoped(() =>
    model
      .namedParameters()
      .filter(([, tensor]) => tensor.detach().isfinite().logicalNot().any().item() === true)
      .map(([name]) => name),
  );
  if (broken.length === 0) return;
  const more = broken.length > 1 ? ` and ${broken.length - 1} more of its tensors` : '';
  say(
    `${source}: ${broken[0]!}${more} hold values that are no numbers (NaN or infinite), so what the model says means nothing; take an earlier checkpoint.`,
  );
}
