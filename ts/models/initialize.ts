/**
 * The starting values of the parameters that no checkpoint fills: the rules and the order of transformers' `post_init`
 * (modeling_utils.py, `_init_weights`), so that the same seed gives the same numbers.
 */
import {
  BatchNorm2d,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  Embedding,
  GroupNorm,
  init,
  LayerNorm,
  Linear,
  type Module,
  type Parameter,
} from '../nn';
import { noGrad } from '../tensor';

/** The layers whose weights start as normal numbers, and whose biases as 0. */
const LINEAR_LAYERS = [Linear, Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d] as const;
type LinearLayer = InstanceType<(typeof LINEAR_LAYERS)[number]>;

/** A module that gives its own parameters their starting values. */
export interface SelfInitializing {
  /** @param needsInit whether a parameter has no value yet, from a checkpoint or an inner model */
  initializeWeights(range: number, needsInit: (parameter: Parameter) => boolean): void;
}

/** Parameters that have their values: a model around a model must not draw them anew. */
const initialized = new WeakSet<Parameter>();

/** Gives every parameter below `root` that has none a starting value, submodules first. `range` is the standard deviation of weights. */
export function initializeWeights(root: Module, range: number): void {
  const needsInit = (parameter: Parameter | null): parameter is Parameter =>
    parameter !== null && !initialized.has(parameter);
  root.apply((module) => initializeOwn(module, range, needsInit));
  markInitialized(root);
}

/** Notes that all parameters below `root` have their values. */
export function markInitialized(root: Module): void {
  for (const parameter of root.parameters()) initialized.add(parameter);
}

function initializeOwn(
  module: Module,
  range: number,
  needsInit: (parameter: Parameter | null) => parameter is Parameter,
): void {
  if (isSelfInitializing(module)) return module.initializeWeights(range, needsInit);
  if (isLinear(module)) {
    if (needsInit(module.weight)) init.normal_(module.weight, 0, range);
    if (needsInit(module.bias)) init.zeros_(module.bias);
  } else if (module instanceof Embedding) {
    if (needsInit(module.weight)) initializeTable(module, range);
  } else if (module instanceof LayerNorm || module instanceof GroupNorm || module instanceof BatchNorm2d) {
    if (needsInit(module.weight)) init.ones_(module.weight);
    if (needsInit(module.bias)) init.zeros_(module.bias);
  }
}

function initializeTable({ weight, paddingIdx }: Embedding, range: number): void {
  init.normal_(weight, 0, range);
  if (paddingIdx !== null) noGrad(() => weight.select(0, paddingIdx).zero_());
}

function isLinear(module: Module): module is LinearLayer {
  return LINEAR_LAYERS.some((layer) => module instanceof layer);
}

function isSelfInitializing(module: Module): module is Module & SelfInitializing {
  return 'initializeWeights' in module;
}
