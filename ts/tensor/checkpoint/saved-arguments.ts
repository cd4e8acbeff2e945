import { TorchError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { put2, rewind, Tag, take } from '../../native/wire';
import { empty } from '../creation/fill';
import { Function } from '../autograd/function';
import type { FunctionContext } from '../autograd/function-context';
import { adopt, keep, scoped } from '../memory/lifetime';
import { Tensor } from '../core/tensor';

/** Saves tensors in a node, so that autograd notices changes in place, and a checkpoint around this one packs them too. */
class Save extends Function {
  static forward(ctx: FunctionContext, anchor: Tensor, ...tensors: Tensor[]): Tensor {
    ctx.saveForBackward(...tensors);
    return anchor.detach();
  }

  static backward(): never {
    throw new TorchError('checkpoint: no gradient flows through saved arguments');
  }
}

/** The arguments of a call, kept until it is repeated: its tensors in the graph, all else as it is. */
export class SavedArguments<A extends unknown[]> {
  readonly #rest: readonly unknown[];
  readonly #areTensors: readonly boolean[];
  readonly #output: Tensor;

  constructor(args: A) {
    this.#rest = args.map((value) => (value instanceof Tensor ? null : value));
    this.#areTensors = args.map((value) => value instanceof Tensor);
    const tensors = args.filter((value) => value instanceof Tensor);
    this.#output = scoped(() => keep(Save.apply(empty([0], { requiresGrad: true }), ...tensors)));
  }

  /** The arguments again; their tensors belong to the running scope. */
  restore(): A {
    const tensors = guarded('checkpoint', () => {
      rewind();
      put2(Tag.Tensor, this.#output._handle);
      const count = binding.savedTensors();
      rewind();
      return Array.from({ length: count }, () => (take(), take()));
    }).map(adopt);
    return this.#rest.map((value, i) => (this.#areTensors[i] ? tensors.shift() : value)) as A;
  }

  release(): void {
    this.#output.dispose();
  }
}
