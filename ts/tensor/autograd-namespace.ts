/** torch.autograd: the engine, and what is built on it. */
export * from './autograd';
export * as functional from './derivatives';
export { gradcheck, gradgradcheck, type GradcheckOptions } from './derivatives/gradcheck';
