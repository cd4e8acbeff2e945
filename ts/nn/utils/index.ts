export { clipGradNorm, clipGradValue, type ClipGradNormOptions } from './clip-grad';
export { parametersToVector, vectorToParameters } from './parameters-vector';
