import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as torch from '../ts/tensor';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Live tensors once the collector has taken what earlier tests left to it: the base against which a test
 * counts what its own code leaves.
 */
export async function liveTensors(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    collect();
  }
  return torch.memory().tensors;
}
