import { InputError } from '../../errors';
import { Module, Parameter, utils, type StateDict } from '../../nn';
import { resolveOptions } from '../../nn/options';
import * as torch from '../../tensor';
import type { Device, Tensor } from '../../tensor';
import { getSwaMultiAvgFn, type AvgFn, type MultiAvgFn } from './averages';

export interface AveragedModelOptions {
  /** Where the averages live; null keeps them beside the model's tensors. @default null */
  readonly device?: Device | null;
  /** How one tensor is averaged; in place of `multiAvgFn`. @default null */
  readonly avgFn?: AvgFn | null;
  /** How lists of tensors are averaged, `getEmaMultiAvgFn()` for instance; null takes the mean. @default null */
  readonly multiAvgFn?: MultiAvgFn | null;
  /** Average the buffers too, instead of taking the newest. @default false */
  readonly useBuffers?: boolean;
}

const defaults: Required<AveragedModelOptions> = { device: null, avgFn: null, multiAvgFn: null, useBuffers: false };

/** The averages under the names that the model has for what they are averages of. */
class Averages extends Module {
  /** The averages are for `AveragedModel.forward`. */
  forward(): never {
    throw new InputError('The averaged weights alone compute nothing: call forward() of the AveragedModel.');
  }
}

/**
 * The average of a model's weights over steps of its training: their mean (stochastic weight averaging, Izmailov et al.
 * 2018, arXiv 1803.05407) or their exponential moving average. State dicts are those of torch.optim.swa_utils.
 *
 * It keeps the averages, in `module`, and no second model: where PyTorch's copies the model, this one lends it the
 * averages while `forward` runs. So it must not run while the model does.
 */
export class AveragedModel<M extends Module = Module> extends Module {
  /** How often parameters were averaged: int64 scalar. */
  declare n_averaged: Tensor;
  readonly module: Module;
  readonly #model: M;
  readonly #options: Required<AveragedModelOptions>;

  constructor(model: M, options: AveragedModelOptions = {}) {
    super();
    if (!(model instanceof Module)) throw new InputError(`AveragedModel takes a module first, got ${typeof model}.`);
    this.#options = resolveOptions<Required<AveragedModelOptions>>('AveragedModel', defaults, options);
    if (this.#options.avgFn !== null && this.#options.multiAvgFn !== null)
      throw new InputError('AveragedModel: give avgFn or multiAvgFn, not both.');
    this.#model = model;
    this.training = model.training;
    this.module = copyTensors(model, this.#options.device);
    this.registerBuffer('n_averaged', torch.zeros([], { dtype: 'int64', device: this.#options.device ?? 'cpu' }));
  }

  /** What the model computes with the averages in it, in the mode of this module. */
  forward(...inputs: Parameters<M['forward']>): ReturnType<M['forward']> {
    return this.lend((model) => model.forward(...(inputs as never[]))) as ReturnType<M['forward']>;
  }

  /**
   * Runs `body`, which may be async, while the model holds the averages and has the mode of this module: to evaluate
   * or save it as it is. Then the model has its own tensors and mode back.
   */
  lend<T>(body: (model: M) => T): T {
    const model = this.#model;
    const modes = model.modules().map((module) => [module, module.training] as const);
    model.train(this.training);
    const restore = (): void => {
      for (const [module, mode] of modes) module.training = mode;
    };
    return utils.afterwards(() => utils.withState(model, this.#byKey(), () => body(model)), restore);
  }

  #byKey(): StateDict {
    return Object.fromEntries(this.module.slots().map(({ key, tensor }) => [key, tensor]));
  }

  /** Takes the present parameters of `model` into the average; the first ones are it. */
  updateParameters(model: Module): void {
    torch.noGrad(() => torch.scoped(() => this.#update(model)));
  }

  #update(model: Module): void {
    const averages = this.#byKey();
    const count = Number(this.n_averaged.item());
    const pairs = new Map<Tensor, Tensor>();
    for (const { key, tensor } of model.slots()) {
      const average = averages[key];
      if (average === undefined)
        throw new InputError(`AveragedModel has no average for "${key}": update it from a model of its own kind.`);
      const current = tensor.detach().to(average.device);
      if (count > 0 && (this.#options.useBuffers || tensor instanceof Parameter)) pairs.set(average, current);
      else average.copy_(current);
    }
    this.#average(pairs, count);
    this.n_averaged.add_(1);
  }

  #average(pairs: ReadonlyMap<Tensor, Tensor>, count: number): void {
    const { avgFn, multiAvgFn } = this.#options;
    if (avgFn !== null) {
      for (const [average, current] of pairs) average.copy_(avgFn(average, current, count));
      return;
    }
    const kinds = new Map<string, [Tensor[], Tensor[]]>();
    for (const [average, current] of pairs) {
      const kind = `${average.device} ${average.dtype}`;
      const lists = kinds.get(kind) ?? [[], []];
      lists[0].push(average);
      lists[1].push(current);
      kinds.set(kind, lists);
    }
    const move = multiAvgFn ?? getSwaMultiAvgFn();
    for (const [averages, current] of kinds.values()) move(averages, current, count);
  }
}

/** A tree of modules with the names and copies of the tensors of `model`'s state; a tensor that is shared stays shared. */
function copyTensors(model: Module, device: Device | null): Averages {
  const root = new Averages();
  const copies = new Map<Tensor, Tensor>();
  for (const { key, name, tensor } of model.slots()) {
    const owner = key.split('.').slice(0, -1).reduce(child, root);
    const copy = copies.get(tensor) ?? copyTensor(tensor, device);
    copies.set(tensor, copy);
    if (copy instanceof Parameter) owner.registerParameter(name, copy);
    else owner.registerBuffer(name, copy);
  }
  return root.train(model.training);
}

function copyTensor(tensor: Tensor, device: Device | null): Tensor {
  return torch.scoped(() => {
    const copy = tensor.detach().to({ device: device ?? tensor.device, copy: true });
    return tensor instanceof Parameter ? new Parameter(copy, tensor.requiresGrad) : copy;
  });
}

function child(module: Averages, name: string): Averages {
  const known: unknown = Reflect.get(module, name);
  if (known instanceof Averages) return known;
  const made = new Averages();
  Reflect.set(module, name, made);
  return made;
}
