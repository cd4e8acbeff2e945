import { statSync } from 'node:fs';
import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { HubOptions } from '../hub';
import { openSource } from '../source';
import { readWeights, weightFiles } from '../weights';
import type { ResNet } from './network';

/** The classifier behind the network, under the names of torchvision, timm and transformers. */
const HEAD = /^(fc|classifier)\./;
/** What stands before the names where the network is part of a model. */
const PREFIX = /^((module|_orig_mod)\.)*(resnet\.|backbone\.0\.body\.)?/;

/**
 * Gives a ResNet the weights of a file (`.pth` of torchvision, `.safetensors`), of a folder, or of a repository of the hub,
 * trained for classification as a rule: the classifier is left aside. Names of torchvision, timm and transformers are read.
 *
 * @throws InputError when there are no such weights, or they are those of another network
 */
export async function loadResNetWeights(network: ResNet, name: string, options: HubOptions = {}): Promise<void> {
  const isFile = statSync(name, { throwIfNoEntry: false })?.isFile() === true;
  const files = isFile ? [name] : await weightFiles(openSource(name, options));
  torch.scope(() => {
    const tensors = readWeights(files);
    const state = [...tensors]
      .map(([key, tensor]) => [key.replace(PREFIX, ''), tensor] as const)
      .filter(([key]) => !HEAD.test(key));
    try {
      network.loadStateDict(Object.fromEntries(state));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(
        `${name}: expected the weights of this ResNet (${network.shape.depths.join(', ')} blocks), found others. ${error.message}`,
        { cause: error },
      );
    }
  });
}
