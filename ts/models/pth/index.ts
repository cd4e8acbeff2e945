/** Checkpoints in PyTorch's own format. */
export { loadPth, type PthValue } from './load';
export { savePth } from './save';
