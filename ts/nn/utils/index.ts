export { clipGradNorm, clipGradsWithNorm, clipGradValue, getTotalNorm, type ClipGradNormOptions } from './clip-grad';
export { fuseConvBnEval, fuseConvBnWeights, fuseLinearBnEval, fuseLinearBnWeights } from './fusion';
export { afterwards, functionalCall, withState } from './functional-call';
export { parametersToVector, vectorToParameters } from './parameters-vector';
export * as rnn from './rnn';
export * as parametrizations from './parametrizations';
export * as parametrize from './parametrize';
