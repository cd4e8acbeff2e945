import { keep, scoped, Tensor } from '../tensor';
import * as torch from '../tensor';
import { requireTensor } from '../tensor/core/arguments';

/** A tensor that a module trains: shares storage with `tensor`, is a leaf of autograd, and no scope frees it. */
export class Parameter extends Tensor {
  constructor(tensor: Tensor, requiresGrad = true) {
    requireTensor('Parameter', 'tensor', tensor);
    super(takeAlias(tensor));
    keep(this);
    if (requiresGrad) this.requiresGrad_(true);
  }

  /** Replaces the data, and that of the gradient, by what `convert` makes of it; the parameter itself stays the same object. */
  assign(convert: (tensor: Tensor) => Tensor): void {
    const gradient = this.grad;
    const data = convert(this);
    if (data !== this) torch.ops.aten.set_data.default(this, data);
    if (gradient) this.grad = convert(gradient);
  }
}

/** A fresh handle to the storage of `tensor`, which nothing but its taker frees. */
function takeAlias(tensor: Tensor): number {
  return scoped(() => {
    const alias = tensor.detach();
    const handle = alias._handle;
    alias._handle = 0;
    return handle;
  });
}
