/** What a PyTorch checkpoint may build: tensors and plain containers, nothing else (PyTorch's `weights_only` list). */
import { InputError } from '../../errors';
import { isUint8Array } from '../../native/realm';
import { Tensor } from '../../tensor';
import type { Budget } from './budget';
import { TensorBuilder } from './rebuild-tensor';
import { Storage } from './storage';
import { Global, PickledDict, PickledObject, type Construct } from './unpickle';

type Args = readonly unknown[];

/** What a builder works with. */
interface Workshop {
  readonly label: string;
  readonly budget: Budget;
  readonly tensors: TensorBuilder;
  readonly construct: Construct;
}

type Builder = (args: Args, workshop: Workshop) => unknown;

const malformed = (label: string, what: string): InputError =>
  new InputError(`${label}: the checkpoint builds ${what} out of something else; it is damaged.`);

function itemsOf(value: unknown, { label, budget }: Workshop, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(label, what);
  budget.spend(8 * value.length);
  return value;
}

const dict: Builder = ([pairs], workshop) => {
  const made = new PickledDict();
  if (pairs === undefined) return made;
  const entries = pairs instanceof PickledDict ? [...pairs.entries] : itemsOf(pairs, workshop, 'a dict');
  workshop.budget.spend(8 * entries.length);
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2) throw malformed(workshop.label, 'a dict');
    made.entries.set(entry[0], entry[1]);
  }
  return made;
};

const set: Builder = ([items = []], workshop) => new Set(itemsOf(items, workshop, 'a set'));

/** `encode(text, 'latin1')`, Python 2's way to write bytes. */
const encode: Builder = ([text], { label, budget }) => {
  if (typeof text !== 'string') throw malformed(label, 'bytes');
  budget.spend(text.length);
  return Uint8Array.from(Buffer.from(text, 'latin1'));
};

const bytearray: Builder = ([content = ''], workshop) => {
  if (!isUint8Array(content)) return encode([content], workshop);
  workshop.budget.spend(content.length);
  return Uint8Array.from(content);
};

const complex: Builder = ([re, im], { label }) => {
  if (typeof re !== 'number' || typeof im !== 'number') throw malformed(label, 'a complex number');
  return { re, im };
};

const device: Builder = (parts, { label }) => {
  if (
    parts.length < 1 ||
    parts.length > 2 ||
    !parts.every((part) => typeof part === 'string' || typeof part === 'number')
  )
    throw malformed(label, 'a device');
  return parts.join(':');
};

const layout: Builder = ([name], { label }) => {
  if (typeof name !== 'string') throw malformed(label, 'a layout');
  return name.replace(/^torch\./, '');
};

const fromType: Builder = ([callee, , args], { label, construct }) => {
  if (!(callee instanceof Global) || !Array.isArray(args) || callee.path === FROM_TYPE)
    throw malformed(label, 'a tensor');
  return construct(callee, args);
};

const FROM_TYPE = 'torch._tensor._rebuild_from_type_v2';

const BUILDERS: Readonly<Record<string, Builder>> = {
  'collections.OrderedDict': dict,
  'collections.Counter': dict,
  'collections.defaultdict': () => new PickledDict(),
  // The original authors keep their command line beside the weights; its attributes are plain values.
  'argparse.Namespace': () => new PickledObject(),
  'builtins.set': set,
  '__builtin__.set': set,
  'builtins.bytearray': bytearray,
  '__builtin__.bytearray': bytearray,
  'builtins.complex': complex,
  '__builtin__.complex': complex,
  '_codecs.encode': encode,
  'torch.Size': ([sizes], { tensors }) => tensors.sizes(sizes),
  'torch.device': device,
  'torch.serialization._get_layout': layout,
  'torch._utils._rebuild_tensor': (args, { tensors }) => tensors.dense(args),
  'torch._utils._rebuild_tensor_v2': (args, { tensors }) => tensors.dense(args),
  'torch._utils._rebuild_tensor_v3': (args, { tensors }) => tensors.untyped(args),
  'torch._utils._rebuild_parameter': (args, { tensors }) => tensors.parameter(args),
  'torch._utils._rebuild_parameter_with_state': (args, { tensors }) => tensors.parameter(args),
  'torch.nn.parameter.Parameter': ([tensor, grad = true], { tensors }) => tensors.parameter([tensor, grad]),
  'torch._utils._rebuild_qtensor': (args, { tensors }) => tensors.quantized(args),
  'torch._utils._rebuild_sparse_tensor': (args, { tensors }) => tensors.sparse(args),
  'torch._utils._rebuild_sparse_csr_tensor': (args, { tensors }) => tensors.sparse(args),
  'torch._utils._rebuild_nested_tensor': (args, { tensors }) => tensors.nested(args),
  'torch._utils._rebuild_meta_tensor_no_storage': (args, { tensors }) => tensors.meta(args),
  [FROM_TYPE]: fromType,
};

/**
 * The constructor for checkpoints. A name outside of the list is refused, and the message says which it was.
 * @param label the file, for messages
 * @param dry true reads the structure without touching tensors
 */
export function checkpointConstructor(label: string, budget: Budget, dry = false): Construct {
  const tensors = new TensorBuilder(label, budget);
  const construct: Construct = (callee, args) => {
    const build = Object.hasOwn(BUILDERS, callee.path) ? BUILDERS[callee.path] : undefined;
    if (!build) {
      throw new InputError(
        `${label}: the checkpoint wants to call ${callee.shown}, which is not among the harmless names; nothing was run. ` +
          'Save its state_dict() alone, or as safetensors, from Python.',
      );
    }
    if (dry && callee.module.startsWith('torch')) return null;
    return build(args, { label, budget, tensors, construct });
  };
  return construct;
}

/** Deeper than any checkpoint, and far from the end of the stack. */
const DEEPEST = 500;

/** Turns the reader's containers into JavaScript's: dicts into objects, dtypes into their names. What holds itself does so here too. */
export class SimpleValues {
  readonly #seen = new Map<unknown, unknown>();
  readonly #label: string;

  constructor(label: string) {
    this.#label = label;
  }

  /** @throws InputError for what is nested too deep */
  of(value: unknown, depth = 0): unknown {
    if (typeof value !== 'object' || value === null || value instanceof Tensor || isUint8Array(value)) return value;
    if (value instanceof Global) return value.module === 'torch' ? value.name : value.path;
    if (value instanceof Storage) return value.tensor;
    if (this.#seen.has(value)) return this.#seen.get(value);
    if (depth === DEEPEST)
      throw new InputError(`${this.#label} holds more than ${DEEPEST} containers inside one another.`);
    const convert = (item: unknown): unknown => this.of(item, depth + 1);
    if (value instanceof PickledDict) return value.convert(convert, (made) => this.#seen.set(value, made));
    if (Array.isArray(value)) return this.#fill(value, [], convert);
    if (value instanceof Set) {
      const made = new Set<unknown>();
      this.#seen.set(value, made);
      for (const item of value) made.add(convert(item));
      return made;
    }
    return value;
  }

  #fill(from: readonly unknown[], made: unknown[], convert: (item: unknown) => unknown): unknown[] {
    this.#seen.set(from, made);
    for (const item of from) made.push(convert(item));
    return made;
  }
}
