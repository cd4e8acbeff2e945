/**
 * torchts: libtorch for Node.js. `require('torchts')` is PyTorch's `torch` namespace in TypeScript; `import { torch, nn,
 * optim } from 'torchts'` names its parts.
 */
export * from './torch';
export * as torch from './torch';
