/**
 * Run by survive.ts in a process of its own: calls operators with random arguments and prints the name of each before it is
 * called, so that the last line names the one that ended the process. The names come by standard input.
 *
 *     node --import tsx program.ts <seed> <calls an operator> <ops | surface | hand> < names
 *
 * Each call has a seed of its own, made of these and the name, so one name alone repeats its calls. With TORCHTS_FUZZ_SHOW=1
 * the arguments of each call are printed before it.
 */
import { readFileSync, writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { TorchError } from '../../../ts/errors';
import * as library from '../../../ts/torch';
import * as torch from '../../../ts/tensor';
import { camelCase, parseSchema, type SchemaParameter } from '../../../ts/tensor/operators/schema';
import { randomFrom, seedOf, type Random } from './random';
import { aten, EXTREMES, Tensors } from './tensors';
import { watch } from './watchdog';

torch.setNumThreads(1);

const [seed = '1', calls = '1', way = 'ops'] = process.argv.slice(2);
const names = readFileSync(0, 'utf8').split('\n');
const shown = process.env['TORCHTS_FUZZ_SHOW'] === '1';

let random: Random;
let tensors: Tensors;
const tensor = (): torch.Tensor => tensors.any();
const few = (most: number): number => random.few(most);
const pick = <T>(choices: readonly T[]): T => random.pick(choices);

const DTYPES = ['float32', 'float64', 'int64', 'int32', 'uint8', 'bool', 'bfloat16', 'complex64', 'quint8'] as const;
const INTEGERS = [0, 1, 1, 2, 2, 3, -1, -1, -2, 5, 7, -9];
const HUGE = [1e6, 2 ** 31, -(2 ** 40), 2 ** 52, ...EXTREMES];

function plain({ base }: SchemaParameter): unknown {
  switch (base) {
    case 'Tensor':
      return tensor();
    case 'Scalar':
      return random.chance(0.05)
        ? pick<unknown>(HUGE)
        : pick<unknown>([0, 1, -2, 0.5, NaN, true, 3n, Infinity, { re: 1, im: -1 }]);
    case 'int':
      return pick<unknown>(random.chance(0.03) ? HUGE : INTEGERS);
    case 'float':
      return pick([0, 1, -1, 0.5, 1e-5, 1e9, NaN, Infinity, -Infinity, 1e300]);
    case 'bool':
      return random.chance(0.5);
    case 'str':
      return pick([
        'mean',
        'none',
        'sum',
        'max',
        'min',
        'amax',
        'prod',
        'constant',
        'floor',
        'linear',
        'ij',
        'L',
        '',
        'x',
      ]);
    case 'ScalarType':
      return pick(DTYPES);
    case 'Device':
      return pick(['cpu', 'cpu', 'meta', 'cuda']);
    case 'Layout':
      return pick([
        'strided',
        'sparse_coo',
        'sparse_csr',
        'sparse_csc',
        'sparse_bsr',
        'sparse_bsc',
        'jagged',
        'mkldnn',
      ]);
    case 'MemoryFormat':
      return pick(['contiguous', 'channels_last', 'preserve']);
    case 'Generator':
      return new torch.Generator();
    default:
      return null;
  }
}

function argument(parameter: SchemaParameter): unknown {
  if (random.chance(0.03))
    return pick<unknown>([null, undefined, 'x', 1.5, -1, [], [null], {}, tensor(), [tensor(), 1], true]);
  if (parameter.fallback !== null && random.chance(0.4)) return undefined;
  if (parameter.optional && random.chance(0.3)) return null;
  if (!parameter.list) return plain(parameter);
  const length = parameter.listLength ?? few(4);
  if (parameter.base === 'Tensor' && random.chance(0.5)) return tensors.alike(length);
  return Array.from({ length }, () => (parameter.optionalElement && random.chance(0.3) ? null : plain(parameter)));
}

type Callable = (...args: unknown[]) => unknown;

function target(name: string): Callable & { readonly schema: string } {
  const [, space, operator, overload = ''] = /^(\w+)::(\w+)(?:\.(\w+))?$/.exec(name)!;
  return torch.ops[space!]![operator!]![overload || 'default']! as unknown as Callable & { readonly schema: string };
}

/** `torch.name(…)`, or `tensor.name(…)` where the first argument is one. */
function surface(name: string, args: readonly unknown[], options: object): unknown {
  const key = camelCase(/::(\w+)/.exec(name)![1]!);
  const [self, ...rest] = args;
  const method =
    self instanceof torch.Tensor && random.chance(0.5) ? (self as unknown as Record<string, Callable>)[key] : undefined;
  return method
    ? method.call(self, ...rest, options)
    : (torch as unknown as Record<string, Callable>)[key]!(...args, options);
}

/** Results go backward, and are read: what a call has left behind may end the process later. */
function use(result: unknown): void {
  const results = (Array.isArray(result) ? result : [result]).filter((value) => value instanceof torch.Tensor);
  if (random.chance(0.3)) tensors.disturb();
  for (const value of results) {
    if (value.requiresGrad && `${value.device}` !== 'meta') attempt(() => value.sum().backward());
    else if (random.chance(0.3)) attempt(() => aten['to_dense']!['default']!(value));
    if (random.chance(0.3)) attempt(() => aten['add']!['Tensor']!(value, value));
  }
}

function attempt(body: () => unknown): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof TorchError)) throw error;
  }
}

/** A tensor that was made of wrong parts, or disposed, cannot be printed. */
function show(args: readonly unknown[]): void {
  const text = (value: unknown): string => {
    try {
      return inspect(value, { depth: 3, breakLength: Infinity });
    } catch (error) {
      return `<${String(error).slice(0, 80)}>`;
    }
  };
  writeSync(
    2,
    `${args.map((value) => (Array.isArray(value) ? `[${value.map(text).join(', ')}]` : text(value))).join(' ; ')}\n`,
  );
}

function call(name: string): void {
  const operator = target(name);
  const { parameters } = parseSchema(operator.schema);
  const args = parameters.map(argument);
  if (shown) show(args);
  const positional = parameters.filter(({ keywordOnly }) => !keywordOnly).length;
  const named = (keys: 'name' | 'key'): object =>
    Object.fromEntries(parameters.slice(positional).map((parameter, i) => [parameter[keys], args[positional + i]]));
  attempt(() =>
    use(
      way === 'surface'
        ? surface(name, args.slice(0, positional), named('key'))
        : operator(...args.slice(0, positional), named('name')),
    ),
  );
}

const KEYS = [
  'dim',
  'dtype',
  'device',
  'kernelSize',
  'stride',
  'padding',
  'dilation',
  'groups',
  'bias',
  'mode',
  'reduction',
  'weight',
  'eps',
  'requiresGrad',
  'alpha',
  'lr',
  'keepdim',
  'p',
  'training',
  'numLayers',
  'outputSize',
  'ignoreIndex',
  'margin',
  'momentum',
  'betas',
  'blank',
  'scaleFactor',
];

/** What JavaScript may pass where no schema says what is meant; mostly tensors and numbers. */
function anything(): unknown {
  switch (few(12)) {
    case 0:
      return pick<unknown>([null, undefined, 3n, NaN, 0.5, true, {}, Infinity, new Float32Array(3), (x: unknown) => x]);
    case 1:
      return pick([
        'mean',
        'none',
        'sum',
        'same',
        'constant',
        'bilinear',
        'float32',
        'int64',
        'cpu',
        'cuda',
        'meta',
        '',
      ]);
    case 2:
      return Array.from({ length: few(4) }, () => pick(INTEGERS));
    case 3:
      return [tensor(), tensor()];
    case 4:
      return Object.fromEntries(Array.from({ length: 1 + few(2) }, () => [pick(KEYS), anything()]));
    case 5:
    case 6:
    case 7:
      return pick<unknown>(random.chance(0.05) ? HUGE : INTEGERS);
    default:
      return tensor();
  }
}

/** A function, method or class that is written by hand; a layer is made and called, an optimizer makes a step. */
function callByHand(name: string): void {
  const path = name.replace(/^torch\./, '').split('.');
  const args = Array.from({ length: few(5) }, anything);
  if (path[0] === 'Tensor') return settle(Reflect.apply(Reflect.get(tensor(), path[1]!) as Callable, tensor(), args));
  const found = path.reduce<unknown>((value, key) => Reflect.get(value as object, key), library) as Callable;
  if (path[0] === 'optim') {
    const weight = new library.nn.Parameter(torch.ones([2, 2]));
    weight.sum().backward();
    (Reflect.construct(found, [random.chance(0.7) ? [weight] : anything(), ...args]) as { step(): unknown }).step();
  } else if (/^[A-Z]/.test(path.at(-1)!))
    (Reflect.construct(found, args) as { forward: Callable }).forward(...Array.from({ length: 1 + few(2) }, anything));
  else settle(found(...args));
}

function settle(result: unknown): void {
  if (result instanceof Promise) result.catch(() => undefined);
}

/** JavaScript's own words for what TypeScript forbids are fine for layers, as Python's are there; the tensors' surface has its own. */
function isExpected(error: unknown, name: string): boolean {
  return (
    error instanceof TorchError || (error instanceof TypeError && !/^(torch|Tensor|fft|linalg|special)\./.test(name))
  );
}

function callSafely(name: string): void {
  if (way !== 'hand') return call(name);
  try {
    callByHand(name);
  } catch (error) {
    if (!isExpected(error, name)) throw error;
  }
}

/** The calls of one operator, each with tensors of its own. */
function callOften(name: string): void {
  for (let i = 0; i < Number(calls); i++) {
    random = randomFrom(seedOf(seed, name, i));
    tensors = new Tensors(random);
    torch.manualSeed(seedOf(seed, name, i));
    torch.scope(() => callSafely(name));
    alive();
  }
}

const alive = watch();
for (const name of names) {
  writeSync(1, `${name}\n`);
  if (name === 'test::crash') process.kill(process.pid, 'SIGSEGV');
  if (name === 'test::hang') for (;;);
  callOften(name);
}
writeSync(1, 'done\n');
process.exit(0);
