import assert from 'node:assert/strict';
import { HashStore, ProcessGroup } from '../../ts/distributed';
import { Backends } from '../../ts/distributed/backends';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { fingerprint } from './fingerprint';
import { goldenJson } from './golden';

type Value = number | string | boolean | null | readonly number[];

/** What scripts/golden/signatures.py has read from a class of PyTorch. */
interface Signature {
  readonly required?: readonly (readonly [parameter: string, value: Value])[] | readonly string[];
  readonly defaults?: Readonly<Record<string, Value>>;
  readonly printed?: string;
  readonly state?: Readonly<Record<string, string>>;
}

type Make = new (...args: unknown[]) => nn.Module;

const golden = goldenJson<{
  'torch.nn': Record<string, Signature>;
  'torch.nn.functional': string[];
  'torch.nn.init': string[];
}>('signatures');

/** The order of optional parameters: scripts/golden/positions.py. */
const order = goldenJson<{ 'torch.nn': Record<string, string[]>; 'torch.nn.functional': Record<string, string[]> }>(
  'positions',
);

/** Classes of torch.nn that are not here, and why. */
const absentClasses: Record<string, string> = {
  AdaptiveLogSoftmaxWithLoss: 'for vocabularies of a size that nobody has asked for yet',
  Container: 'deprecated: Module does it',
  CrossMapLRN2d: 'of Lua Torch: LocalResponseNorm does it',
  FractionalMaxPool2d: 'windows drawn at random, rarely used',
  FractionalMaxPool3d: 'windows drawn at random, rarely used',
  LinearCrossEntropyLoss: 'new in 2.13 and subject to change',
  LinearCrossEntropyOptions: 'new in 2.13 and subject to change',
  NLLLoss2d: 'deprecated: NLLLoss does it',
  RNNBase: 'a base class, not to be made',
  RNNCellBase: 'a base class, not to be made',
};
const isLazy = (name: string): boolean => name.startsWith('Lazy'); // shapes from the first input: give them here

/** Classes made from their content instead of from options; tests of their own cover them. */
const containers = new Set([
  'Identity',
  'Module',
  'ModuleDict',
  'ModuleList',
  'ParameterDict',
  'ParameterList',
  'Sequential',
]);

/** Parameters of PyTorch that are no options here, and why. */
const leftOut: Record<string, string> = {
  size_average: 'deprecated: reduction says it',
  reduce: 'deprecated: reduction says it',
  min_value: 'deprecated: minVal says it',
  max_value: 'deprecated: maxVal says it',
  _weight: 'private: loadStateDict does it',
  _freeze: 'private: requiresGrad_ does it',
  return_indices: 'a layer gives one tensor: functional.maxPool2dWithIndices and its like give both',
  enable_nested_tensor: 'of the fast path for inference in Python alone',
  mask_check: 'of the fast path for inference in Python alone',
};
const leftOutOf: Record<string, string[]> = {
  // A transposed convolution takes zeros only, in PyTorch too.
  ...Object.fromEntries([1, 2, 3].map((d) => [`ConvTranspose${d}d`, ['padding_mode']])),
};

/** Python guesses the dimension and warns where it is left out; here it is required. */
const requiredHere: Record<string, string> = { Softmax: 'dim', LogSoftmax: 'dim', Softmin: 'dim' };

/** What an option needs beside it to have an effect. */
const alongside: Record<string, Record<string, Record<string, unknown>>> = Object.fromEntries(
  [1, 2, 3].map((d) => [
    `InstanceNorm${d}d`,
    { bias: { affine: true }, device: { affine: true }, dtype: { affine: true } },
  ]),
);

/** Made on the device 'meta' here, without memory. */
const large = new Set(['Transformer', 'TransformerEncoderLayer', 'TransformerDecoderLayer']);

/** Python holds its default distance as a module, which prints. */
const printsOtherwise = new Set(['TripletMarginWithDistanceLoss']);

function camel(name: string): string {
  return name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The arguments that make an example of a class; large layers have no memory. */
function argumentsOf(name: string, { required = [] }: Signature): unknown[] {
  const given = required.map((entry) => {
    assert.ok(typeof entry !== 'string', `${name}: scripts/golden/signatures.py has no value for ${String(entry)}`);
    const [, value] = entry;
    const isLayer = value === 'TransformerEncoderLayer' || value === 'TransformerDecoderLayer';
    return isLayer ? new nn[value](8, 2, { device: 'meta' }) : value;
  });
  return requiredHere[name] ? [...given, 1] : given;
}

/** Names of the required arguments, in PyTorch's order. */
function requiredOf(name: string, { required = [] }: Signature): string[] {
  const names = required.map((entry) => camel(typeof entry === 'string' ? entry : entry[0]));
  return requiredHere[name] ? [...names, requiredHere[name]] : names;
}

/** Parameter -> default, of those that are options here. */
function optionsOf(name: string, { defaults = {} }: Signature): Map<string, Value> {
  const taken = Object.entries(defaults).filter(
    ([key]) => !Object.hasOwn(leftOut, key) && !leftOutOf[name]?.includes(key) && requiredHere[name] !== key,
  );
  return new Map(taken.map(([key, value]) => [camel(key), standsFor(key, value)]));
}

/** None of a factory argument stands for PyTorch's global default. */
function standsFor(key: string, value: Value): Value {
  return key === 'device' ? 'cpu' : key === 'dtype' ? 'float32' : value;
}

/** One that no call is made through. */
let processGroup: ProcessGroup;
before(async () => {
  processGroup = new ProcessGroup(undefined, [0], 0, 1, await HashStore.open(), Backends.of('test', 'gloo'));
});

/** A value other than the default, which must make another module. */
function otherThan(option: string, value: Value): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return Number.isInteger(value) && value < 8 ? value + 1 : value / 2;
  const others: Record<string, unknown> = {
    mean: 'sum',
    none: 'tanh',
    zeros: 'reflect',
    nearest: 'linear',
    tanh: 'relu',
    relu: 'gelu',
    cpu: 'meta',
    float32: 'float64',
  };
  if (typeof value === 'string') return others[value];
  const forNull: Record<string, unknown> = {
    stride: 1,
    kdim: 3,
    vdim: 5,
    paddingIdx: 1,
    maxNorm: 1,
    weight: torch.ones([2]),
    posWeight: torch.ones([2]),
    size: 3,
    scaleFactor: 2,
    alignCorners: true,
    recomputeScaleFactor: true,
    divisorOverride: 2,
    eps: 1e-3,
    norm: new nn.LayerNorm(8),
    distanceFunction: torch.pairwiseDistance,
    customEncoder: new nn.Identity(),
    customDecoder: new nn.Identity(),
    processGroup,
  };
  return forNull[option];
}

describe('the classes of torch.nn', () => {
  const present = Object.entries(golden['torch.nn']).filter(([name]) => Object.hasOwn(nn, name));
  const layers = present.filter(([name]) => !containers.has(name));
  const classOf = (name: string): Make => Reflect.get(nn, name) as Make;

  /** Made from one seed; large ones without memory. */
  function make(name: string, signature: Signature, options: Record<string, unknown> = {}): nn.Module {
    torch.manualSeed(0);
    const given = { ...(large.has(name) && { device: 'meta' }), ...options };
    const args = argumentsOf(name, signature);
    return new (classOf(name))(...(Object.keys(given).length > 0 ? [...args, given] : args));
  }

  it('are all here, but for those listed with a reason', () => {
    const missing = Object.keys(golden['torch.nn']).filter((name) => !Object.hasOwn(nn, name) && !isLazy(name));
    assert.deepEqual(missing.sort(), Object.keys(absentClasses).sort());
    assert.ok(layers.length > 130);
  });

  for (const [name, signature] of layers) {
    const options = optionsOf(name, signature);

    it(`${name} takes PyTorch's options`, () => {
      let taken: string[] = [];
      try {
        make(name, signature, { noSuchOption: 1 });
      } catch (error) {
        const [, list = ''] =
          /the option 'noSuchOption' does not exist; it takes (.*)$/.exec((error as Error).message) ?? [];
        taken = Array.from(list.matchAll(/(\w+)/g), ([, option]) => option!);
      }
      assert.deepEqual(taken.sort(), [...requiredOf(name, signature), ...options.keys()].sort());
    });

    it(`${name} takes what it requires by name, all of it or what is left`, () => {
      const names = requiredOf(name, signature);
      const values = argumentsOf(name, signature);
      const beside = { ...(large.has(name) && { device: 'meta' }) };
      const wanted = fingerprint(make(name, signature));
      for (const at of names.keys()) {
        torch.manualSeed(0);
        const named = Object.fromEntries(names.slice(at).map((key, i) => [key, values[at + i]]));
        const made = new (classOf(name))(...values.slice(0, at), { ...named, ...beside });
        assert.equal(fingerprint(made), wanted, `from ${names[at]} on`);
      }
    });

    it(`${name} has PyTorch's defaults`, () => {
      for (const [option, value] of options) {
        if (option === 'device' && large.has(name)) continue; // see the test of the large ones below
        const given = alongside[name]?.[option] ?? {};
        const plain = fingerprint(make(name, signature, given));
        const withDefault = fingerprint(make(name, signature, { ...given, [option]: value }));
        const other = otherThan(option, value);
        const withOther = fingerprint(make(name, signature, { ...given, [option]: other }));
        assert.equal(withDefault, plain, `${option} is not ${JSON.stringify(value)} unless given`);
        assert.notEqual(withOther, plain, `${option}: ${String(other)} changes nothing, so its default cannot be seen`);
      }
    });

    it(`${name} takes its options by position, in PyTorch's order`, () => {
      for (const [at, parameter] of order['torch.nn'][name]!.entries()) {
        const option = camel(parameter);
        if (!options.has(option) || (option === 'device' && large.has(name))) continue;
        const value = otherThan(option, options.get(option)!);
        const beside = alongside[name]?.[option] ?? {};
        const named = { ...(large.has(name) && { device: 'meta' }), ...beside };
        const before = Array.from({ length: at }, () => undefined);
        torch.manualSeed(0);
        const placed = new (classOf(name))(...argumentsOf(name, signature), ...before, value, named);
        const byName = make(name, signature, { ...beside, [option]: value });
        assert.equal(fingerprint(placed), fingerprint(byName), `${option} at position ${at + 1}`);
      }
    });

    it(`${name} prints, and names its state, as PyTorch does`, () => {
      const module = make(name, signature);
      if (!printsOtherwise.has(name)) assert.equal(String(module), signature.printed!.replace('dim=None', 'dim=1'));
      const state = Object.entries(module.stateDict()).map(([key, tensor]) => [key, tensor.shape.join('x')]);
      assert.deepEqual(Object.fromEntries(state), signature.state);
    });
  }

  it('are made on the CPU unless told otherwise, the large ones too', () => {
    assert.equal(new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 4 }).linear1.weight.device, 'cpu');
    assert.equal(new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 4 }).linear1.weight.device, 'cpu');
    const transformer = new nn.Transformer({
      dModel: 4,
      nhead: 1,
      dimFeedforward: 2,
      numEncoderLayers: 1,
      numDecoderLayers: 1,
    });
    assert.deepEqual(new Set(transformer.parameters().map(({ device }) => device)), new Set(['cpu']));
  });
});

describe('nn.functional', () => {
  const absent: Record<string, string> = {
    grouped_mm: 'no layer: torch.ops has it',
    scaled_mm: 'no layer: torch.ops has it',
    scaled_grouped_mm: 'no layer: torch.ops has it',
    linear_cross_entropy: 'new in 2.13 and subject to change',
    upsample_bilinear: 'deprecated: interpolate does it',
    upsample_nearest: 'deprecated: interpolate does it',
  };

  it('has every function of torch.nn.functional, but for those listed with a reason', () => {
    const missing = golden['torch.nn.functional'].filter((name) => !Object.hasOwn(nn.functional, camel(name)));
    assert.deepEqual(missing.sort(), Object.keys(absent).sort());
  });
});

describe('nn.init', () => {
  it('has every function of torch.nn.init that is not deprecated', () => {
    assert.deepEqual(
      golden['torch.nn.init'].filter((name) => !Object.hasOwn(nn.init, camel(name))),
      [],
    );
  });
});
