/**
 * The starting values of the parameters that no checkpoint fills: the rules and the order of transformers' `post_init`
 * (modeling_utils.py, `_init_weights`), so that the same seed gives the same numbers.
 */
import {
  BatchNorm2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Embedding,
  GroupNorm,
  init,
  LayerNorm,
  Linear,
  type Module,
  type Parameter,
} from '../nn';

/** A module that knows how its own parameters start. */
export interface SelfInitializing {
  /** @param isFresh whether a parameter still has to be filled */
  initializeWeights(range: number, isFresh: (parameter: Parameter) => boolean): void;
}

/** Parameters that have their values, so that a model around a model leaves them alone. */
const filled = new WeakSet<Parameter>();

/** Fills every parameter below `root` that is not filled yet; submodules first. `range` is the standard deviation of weights. */
export function initializeWeights(root: Module, range: number): void {
  const isFresh = (parameter: Parameter | null): parameter is Parameter => parameter !== null && !filled.has(parameter);
  root.apply((module) => initializeOwn(module, range, isFresh));
  markFilled(root);
}

/** Says that all parameters below `root` have their values. */
export function markFilled(root: Module): void {
  for (const parameter of root.parameters()) filled.add(parameter);
}

function initializeOwn(
  module: Module,
  range: number,
  isFresh: (parameter: Parameter | null) => parameter is Parameter,
): void {
  if (isSelfInitializing(module)) return module.initializeWeights(range, isFresh);
  if (
    module instanceof Linear ||
    module instanceof Conv1d ||
    module instanceof Conv2d ||
    module instanceof ConvTranspose2d
  ) {
    if (isFresh(module.weight)) init.normal_(module.weight, 0, range);
    if (isFresh(module.bias)) init.zeros_(module.bias);
  } else if (module instanceof Embedding) {
    if (isFresh(module.weight)) init.normal_(module.weight, 0, range);
  } else if (module instanceof LayerNorm || module instanceof GroupNorm || module instanceof BatchNorm2d) {
    if (isFresh(module.weight)) init.ones_(module.weight);
    if (isFresh(module.bias)) init.zeros_(module.bias);
  }
}

function isSelfInitializing(module: Module): module is Module & SelfInitializing {
  return 'initializeWeights' in module;
}
