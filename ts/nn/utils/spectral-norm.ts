import { InputError } from '../../errors';
import { bindArguments, expected } from '../../options';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { normalize } from '../functional';
import { ConvTransposeNd } from '../layers/conv-transpose';
import type { Module } from '../module';
import { requireSizes } from '../options';
import { compute, ownParameter, uncompute } from './computed-weight';

export interface SpectralNormOptions {
  /** Steps of the power method at each forward while training. @default 1 */
  readonly nPowerIterations?: number;
  /** Least norm to divide by. @default 1e-12 */
  readonly eps?: number;
  /** Dimension of the outputs; null for 1 in transposed convolutions and 0 in all others. @default null */
  readonly dim?: number | null;
}

const DEFAULTS: Required<SpectralNormOptions> = { nPowerIterations: 1, eps: 1e-12, dim: null };

/**
 * Divides a parameter by its largest singular value, estimated along with training (Miyato et al. 2018, arXiv 1802.05957): PyTorch's
 * older form, with its keys `weight_orig`, `weight_u` and `weight_v`. `parametrizations.spectralNorm` is the newer one. The estimate
 * moves before each forward in training mode; reading `weight` divides by the one that there is.
 */
export function spectralNorm<M extends Module>(
  module: M,
  name = 'weight',
  ...options: [options?: SpectralNormOptions] | [nPowerIterations: number, eps?: number, dim?: number | null]
): M {
  const weight = ownParameter('spectralNorm', module, name);
  const { nPowerIterations, eps, dim } = bindArguments('spectralNorm', DEFAULTS, options);
  requireSizes('spectralNorm', { nPowerIterations }, 1);
  const outputs = dim ?? (module instanceof ConvTransposeNd ? 1 : 0);
  if (!Number.isInteger(outputs) || outputs < 0 || outputs >= weight.ndim || weight.ndim < 2)
    throw expected(
      'spectralNorm',
      `one of the dimensions of "${name}", at least two, for dim`,
      outputs,
      '',
      InputError,
    );
  const matrixOf = (tensor: Tensor): Tensor => tensor.movedim(outputs, 0).flatten(1); // (outputs, inputs · kernel)
  const unit = (vector: Tensor): Tensor => normalize(vector, { dim: 0, eps });
  const [rows, columns] = torch.scoped(() => matrixOf(weight.detach()).shape) as [number, number];
  const { dtype, device } = weight;
  const draw = (size: number): Tensor =>
    torch.noGrad(() => torch.scoped(() => unit(torch.empty([size], { dtype, device }).normal_(0, 1))));
  const names = { orig: `${name}_orig`, u: `${name}_u`, v: `${name}_v` };
  const part = (owner: Module, key: keyof typeof names): Tensor => Reflect.get(owner, names[key]) as Tensor;
  const [u, v] = [draw(rows), draw(columns)];
  Reflect.deleteProperty(module, name);
  module.registerParameter(names.orig, weight);
  module.registerBuffer(names.u, u);
  module.registerBuffer(names.v, v);
  const value = (owner: Module): Tensor => {
    const matrix = matrixOf(part(owner, 'orig'));
    // Copies: the next forward changes the vectors in place, and the backward pass of this one still needs them.
    const sigma = torch.dot(part(owner, 'u').clone(), torch.mv(matrix, part(owner, 'v').clone()));
    return part(owner, 'orig').div(sigma);
  };
  const hook = module.registerForwardPreHook((owner: Module) => {
    if (!owner.training) return;
    torch.noGrad(() => {
      const matrix = matrixOf(part(owner, 'orig'));
      for (let step = 0; step < nPowerIterations; step++) {
        part(owner, 'v').copy_(unit(torch.mv(matrix.t(), part(owner, 'u'))));
        part(owner, 'u').copy_(unit(torch.mv(matrix, part(owner, 'v'))));
      }
    });
  });
  compute('spectralNorm', module, name, { parts: Object.values(names), value, done: () => hook.remove() });
  return module;
}

/** Undoes `spectralNorm`: the parameter is a plain one again, with the value that it has now. */
export function removeSpectralNorm<M extends Module>(module: M, name = 'weight'): M {
  return uncompute('spectralNorm', 'removeSpectralNorm', module, name);
}
