/** The namespace that `import { torch } from 'torchts'` gives: all of the package under one name. */
export * from './errors';
export * from './tensor';
export * as nn from './nn';
export * as jit from './nn/jit';
export * as func from './nn/func';
export * as optim from './optim';
export * as data from './data';
export * as utils from './utils';
export * as npy from './data/npy';
export * as npz from './data/npz';
export * as vision from './vision';
export * as distributed from './distributed';
export * as models from './models';
export {
  Calibration,
  compile,
  CompiledModule,
  loadCompileOptions,
  type CompileOptions,
  type SavedCompileOptions,
} from './compile';
export { load, save, type TorchLoadOptions } from './models/pth/python-names';
export { deepcopy } from './nn/deep-copy';
export { loadPth, savePth, type PthValue } from './models/pth';
