import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { DetrConfig, type DetrOptions } from './config';
import { DetrForObjectDetection } from './detection';

/**
 * A detector with other options that shares the weights of `model`.
 * @param pick gives the tensor that takes the place of one of `model`, where it is another
 */
export function withConfig(
  model: DetrForObjectDetection,
  options: DetrOptions,
  pick = (_key: string, tensor: Tensor): Tensor => tensor,
): DetrForObjectDetection {
  const config = DetrConfig.fromJSON(model.config.toJSON(), options);
  return torch.scope(() => {
    const changed = new DetrForObjectDetection(config, { device: 'meta' });
    const state = Object.entries(model.stateDict()).map(([key, tensor]) => [key, pick(key, tensor)]);
    changed.loadStateDict(Object.fromEntries(state) as Record<string, Tensor>, { assign: true });
    const trains = new Map(model.namedParameters());
    for (const [key, parameter] of changed.namedParameters()) parameter.requiresGrad_(trains.get(key)!.requiresGrad);
    return changed.train(model.training);
  });
}
