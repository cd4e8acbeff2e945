/** torch.data: datasets, samplers, the loader that decodes beside the training step. */
export type { Dataset, Pass } from './dataset';
export { DataLoader, type Collate, type LoaderOptions } from './loader';
export { Rng } from './rng';
export { inOrder, shuffled, type Sampler } from './sampler';
export { TarFile } from './tar';
export { ZipFile } from './zip';
