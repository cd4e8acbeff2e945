/** Parametrizations in common use. */
export { orthogonal, type OrthogonalMap, type OrthogonalOptions } from './orthogonal';
export { spectralNorm, type SpectralNormOptions } from './spectral-norm';
export { weightNorm, type WeightNormOptions } from './weight-norm';
