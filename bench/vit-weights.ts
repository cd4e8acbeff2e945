/** Weights for a ViT that is trained beside its peer. */
import { torch } from 'torchts';

/** The same numbers on both sides, however their libraries draw first weights: each matrix from a seed of its own size. */
export function fill(parameters: readonly torch.Tensor[]): void {
  torch.noGrad(() => {
    for (const parameter of parameters) {
      if (parameter.ndim < 2) continue;
      torch.manualSeed(parameter.numel());
      parameter.copy_(torch.randn(parameter.shape).mul_(0.02));
    }
  });
}
