import { setImmediate } from 'node:timers/promises';
import * as torch from '../ts/tensor';

/**
 * Live tensors once the collector has taken what earlier tests left to it: the base against which a test
 * counts what its own code leaves.
 */
export async function liveTensors(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    torch.collectGarbage();
  }
  return torch.memory().tensors;
}
