/** torch.autograd.functional: derivatives of functions of tensors as a whole, and their products with vectors. */
export { hessian, jacobian } from './jacobian';
export type { DerivativeOptions, TensorFunction } from './prepare';
export { hvp, jvp, vhp, vjp } from './products';
