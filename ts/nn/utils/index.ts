export {
  clipGradNorm,
  clipGradNorm as clipGradNorm_,
  clipGradsWithNorm,
  clipGradsWithNorm as clipGradsWithNorm_,
  clipGradValue,
  clipGradValue as clipGradValue_,
  getTotalNorm,
  type ClipGradNormOptions,
} from './clip-grad';
export { fuseConvBnEval, fuseConvBnWeights, fuseLinearBnEval, fuseLinearBnWeights } from './fusion';
export { afterwards } from '../../tensor/core/afterwards';
export { functionalCall, withState } from './functional-call';
export { parametersToVector, vectorToParameters } from './parameters-vector';
export { skipInit } from './skip-init';
export { removeSpectralNorm, spectralNorm, type SpectralNormOptions } from './spectral-norm';
export { removeWeightNorm, weightNorm, type WeightNormOptions } from './weight-norm';
export * as rnn from './rnn';
export * as parametrizations from './parametrizations';
export * as parametrize from './parametrize';
