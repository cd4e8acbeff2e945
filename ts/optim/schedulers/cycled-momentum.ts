import { InputError } from '../../errors';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';

/** Whether the momentum that a schedule moves is the first beta; throws where the optimizer has neither. */
export function usesBeta1(owner: string, { defaults }: Optimizer<ParamGroup>): boolean {
  if ('betas' in defaults) return true;
  if ('momentum' in defaults) return false;
  throw new InputError(
    `${owner}: cycleMomentum needs an optimizer with momentum or betas: set cycleMomentum to false.`,
  );
}

export function setMomentum(group: ParamGroup, momentum: number, beta1: boolean): void {
  if (beta1) group.betas = [momentum, group.betas![1]];
  else group.momentum = momentum;
}
