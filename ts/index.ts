/**
 * torchts: libtorch for Node.js. `require('torchts')` is PyTorch's `torch` namespace in TypeScript; `import { torch, nn,
 * optim } from 'torchts'` names its parts.
 */
// First of all: it says in words what a bundler has done, before anything fails of it.
import './native/package';

export * from './torch';
export * as torch from './torch';
