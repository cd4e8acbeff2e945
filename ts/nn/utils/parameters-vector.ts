import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireTensor, tensorsOf } from '../options';

/** All elements of `parameters` one after the other: (numel in all). Autograd sees through it. */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  return torch.scoped(() =>
    torch.cat(
      Array.from(tensorsOf('parametersToVector', 'parameters', parameters), (parameter) => parameter.reshape([-1])),
      0,
    ),
  );
}

/** Copies the elements of `vector` (numel in all) into `parameters`, in their order. */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  requireTensor('vectorToParameters', 'vector', vector);
  const targets = tensorsOf('vectorToParameters', 'parameters', parameters);
  const sizes = targets.map((parameter) => parameter.numel());
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (vector.ndim !== 1 || vector.shape[0] !== total) {
    throw new ShapeError(
      `vectorToParameters: expected a vector of ${total} elements, got [${vector.shape.join(', ')}].`,
    );
  }
  torch.noGrad(() =>
    torch.scoped(() => {
      const parts = vector.splitWithSizes(sizes);
      for (const [i, parameter] of targets.entries()) parameter.copy_(parts[i]!.view(parameter.shape));
    }),
  );
}
