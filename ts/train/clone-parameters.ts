import type { Module } from '../nn';
import * as torch from '../tensor';

/**
 * Moves weights that are mapped from a file into memory from libtorch's allocator. Matrix products may round
 * differently for another alignment, and a resumed run has to give the same bits as one that never stopped.
 */
export function cloneParameters<Model extends Module>(model: Model): Model {
  torch.scoped(() =>
    torch.noGrad(() => model.parameters().forEach((parameter) => parameter.assign((tensor) => tensor.clone()))),
  );
  return model;
}
