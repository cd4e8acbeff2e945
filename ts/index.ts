/**
 * torchts: libtorch for Node.js. `require('torchts')` is PyTorch's `torch` namespace in TypeScript; `import { torch, nn,
 * optim } from 'torchts'` names its parts.
 */
export * from './errors';
export * from './tensor';
export * as nn from './nn';
export * as optim from './optim';
export * as data from './data';
export * as npy from './data/npy';
export * as npz from './data/npz';
export * as vision from './vision';
export * as models from './models';
export { loadPth, savePth, type PthValue } from './models/pth';
export * as torch from './torch';
