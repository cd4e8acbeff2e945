import { InputError } from '../errors';
import { Tensor, keep, noGrad } from '../tensor';
import { hooksOf } from './hooks';
import { Parameter } from './parameter';
import { expected as wanted } from '../options';

/** Tensors by PyTorch's key (`encoder.layers.0.weight`), in definition order. */
export type StateDict = Record<string, Tensor>;

/** One place of a module that holds a parameter or a buffer. */
export interface StateSlot {
  readonly key: string;
  readonly tensor: Tensor;
}

/** A module, by what saving and loading ask of it. */
interface Stateful<Slot extends StateSlot = StateSlot> {
  namedModules(): [string, Stateful][];
  slots(): Slot[];
  upgradeState(state: Map<string, Tensor>, prefix: string): void;
  getExtraState?(): Tensor;
  setExtraState?(state: Tensor): void;
}

export interface LoadOptions {
  /** Ask that the keys of module and state dict are the same set. @default true */
  readonly strict?: boolean;
  /** Put the given tensors in place of the module's, without a copy; type and device become theirs. @default false */
  readonly assign?: boolean;
}

export interface IncompatibleKeys {
  /** Keys of the module that the state dict lacks. */
  readonly missingKeys: string[];
  /** Keys of the state dict that the module lacks. */
  readonly unexpectedKeys: string[];
}

/** PyTorch's key for what a module saves beside its tensors. */
const EXTRA = '_extra_state';

/** Puts what `getExtraState` of a module gives into `state`. */
export function saveExtraState(module: Stateful, state: StateDict, prefix: string): void {
  if (module.getExtraState !== undefined) state[prefix + EXTRA] = extraState(module, module.getExtraState());
}

function extraState(module: Stateful, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  throw wanted(module.constructor.name, 'a tensor for the extra state, which files of weights can hold', value);
}

/** Loads `given` into `module`; `replace` puts a tensor in the place of a slot's. */
export function loadState<Slot extends StateSlot>(
  module: Stateful<Slot>,
  given: Readonly<StateDict>,
  { strict = true, assign = false }: LoadOptions,
  replace: (slot: Slot, value: Tensor) => void,
): IncompatibleKeys {
  const copied = { ...given };
  const modules = module
    .namedModules()
    .map(([path, child]) => ({ child, prefix: path === '' ? '' : `${path}.`, hooks: hooksOf(child) }));
  for (const { child, prefix, hooks } of modules)
    for (const hook of hooks?.loadPre.all ?? []) hook(child, copied, prefix);
  const state = new Map(Object.entries(copied));
  for (const { child, prefix } of modules) child.upgradeState(state, prefix);

  const slots = module.slots();
  const extra = modules.filter(({ child }) => child.setExtraState !== undefined);
  const expected = new Set([...slots.map(({ key }) => key), ...extra.map(({ prefix }) => prefix + EXTRA)]);
  const missingKeys = [...expected].filter((key) => !state.has(key));
  const unexpectedKeys = [...state.keys()].filter((key) => !expected.has(key));
  const post = modules.filter(({ hooks }) => hooks?.loadPost.any).reverse(); // what is below comes first
  const reportMismatches = (shapes: readonly string[]): void => {
    const problems = [...(strict ? keyProblems(missingKeys, unexpectedKeys) : []), ...shapes];
    if (problems.length > 0)
      throw new InputError(
        `Error(s) in loading state_dict for ${module.constructor.name}:\n\t${problems.join('\n\t')}`,
      );
  };
  const shapes = slots.flatMap((slot) => slotProblems(slot, state));
  if (post.length === 0 || shapes.length > 0) reportMismatches(shapes); // hooks may forgive keys, but no shape

  noGrad(() => {
    for (const slot of slots) {
      const value = state.get(slot.key);
      if (value === undefined) continue;
      if (assign) replace(slot, owned(slot.tensor, value));
      else slot.tensor.copy_(sameShape(slot.tensor, value));
    }
  });
  for (const { child, prefix } of extra) {
    const value: unknown = state.get(prefix + EXTRA);
    if (value !== undefined) child.setExtraState!(extraState(child, value));
  }
  const result = { missingKeys, unexpectedKeys };
  for (const { child, hooks } of post) for (const hook of hooks!.loadPost.all) hook(child, result);
  reportMismatches([]);
  return result;
}

function keyProblems(missing: readonly string[], unexpected: readonly string[]): string[] {
  const quoted = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(', ');
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`Missing key(s) in state_dict: ${quoted(missing)}. `);
  if (unexpected.length > 0) problems.push(`Unexpected key(s) in state_dict: ${quoted(unexpected)}. `);
  return problems;
}

function slotProblems(slot: StateSlot, state: ReadonlyMap<string, unknown>): string[] {
  if (!state.has(slot.key)) return [];
  const value = state.get(slot.key);
  if (!(value instanceof Tensor)) {
    return [
      `While copying the parameter named "${slot.key}", expected a Tensor from checkpoint but received ${typeof value}`,
    ];
  }
  if (slot.tensor.ndim === 0 && value.ndim === 1 && value.shape[0] === 1) return [];
  if (value.shape.join() === slot.tensor.shape.join()) return [];
  return [
    `size mismatch for ${slot.key}: copying a param with shape torch.Size([${value.shape.join(', ')}]) from checkpoint, ` +
      `the shape in current model is torch.Size([${slot.tensor.shape.join(', ')}]).`,
  ];
}

/** Checkpoints of PyTorch 0.3 hold scalars as one-element vectors. */
function sameShape(target: Tensor, value: Tensor): Tensor {
  return target.ndim === value.ndim ? value : value.reshape([]);
}

function owned(target: Tensor, value: Tensor): Tensor {
  const tensor = sameShape(target, value);
  return target instanceof Parameter ? new Parameter(tensor, target.requiresGrad) : keep(tensor);
}
