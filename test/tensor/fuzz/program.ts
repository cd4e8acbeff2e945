/**
 * Run by survive.ts in a process of its own: calls operators with random arguments and prints the name of each before it is
 * called, so that the last line names the one that ended the process. The names come by standard input.
 *
 *     node --import tsx program.ts <seed> <calls an operator> <ops | surface | hand> < names
 */
import { readFileSync, writeSync } from 'node:fs';
import { TorchError } from '../../../ts/errors';
import * as library from '../../../ts/torch';
import * as torch from '../../../ts/tensor';
import { camelCase, parseSchema, type SchemaParameter } from '../../../ts/tensor/schema';

torch.setNumThreads(1);

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const [seed = '1', calls = '1', way = 'ops'] = process.argv.slice(2);
const names = readFileSync(0, 'utf8').split('\n');
const random = randomFrom(Number(seed));
const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
const few = (most: number): number => Math.floor(random() * (most + 1));

const SHAPES = [[], [0], [1], [3], [2, 3], [3, 3], [0, 3], [1, 3, 4], [2, 3, 4], [2, 3, 4, 4], [1, 2, 3, 4, 5]];
const TYPES = ['float32', 'float32', 'float32', 'float64', 'int64', 'int64', 'int32', 'uint8', 'bool', 'bfloat16', 'complex64'] as const;

function tensor(): torch.Tensor {
  const shape = pick(SHAPES);
  const dtype = pick(TYPES);
  const made = torch.randint(-2, 5, shape).to(dtype);
  switch (few(11)) {
    case 0:
      return made.dim() > 1 ? made.transpose(0, 1) : made;
    case 1:
      return made.expand([2, ...shape]);
    case 2:
      return dtype.startsWith('float') ? made.clone().requiresGrad_() : made;
    case 3:
      return made.to({ device: 'meta' });
    case 4:
      return made.dim() > 0 ? made.toSparse() : made;
    case 5:
      made.dispose();
      return made;
    default:
      return made;
  }
}

const INTEGERS = [0, 1, 1, 2, 2, 3, -1, -1, -2, 5, 7, -9];
const HUGE = [1e6, 2 ** 31, -(2 ** 40), 2 ** 52];

function plain({ base }: SchemaParameter): unknown {
  switch (base) {
    case 'Tensor':
      return tensor();
    case 'Scalar':
      return pick<unknown>([0, 1, -2, 0.5, NaN, true, 3n, { re: 1, im: -1 }]);
    case 'int':
      return pick(random() < 0.02 ? HUGE : INTEGERS);
    case 'float':
      return pick([0, 1, -1, 0.5, 1e-5, 1e9, NaN, Infinity]);
    case 'bool':
      return random() < 0.5;
    case 'str':
      return pick(['mean', 'none', 'constant', 'floor', 'linear', 'ij', '', 'x']);
    case 'ScalarType':
      return pick(TYPES);
    case 'Device':
      return pick(['cpu', 'cpu', 'meta', 'cuda']);
    case 'Layout':
      return pick(['strided', 'sparse_coo']);
    case 'MemoryFormat':
      return pick(['contiguous', 'channels_last', 'preserve']);
    case 'Generator':
      return new torch.Generator();
    default:
      return null;
  }
}

function argument(parameter: SchemaParameter): unknown {
  if (random() < 0.03) return pick<unknown>([null, undefined, 'x', 1.5, -1, [], [null], {}, tensor(), [tensor(), 1], true]);
  if (parameter.fallback !== null && random() < 0.4) return undefined;
  if (parameter.optional && random() < 0.3) return null;
  if (!parameter.list) return plain(parameter);
  return Array.from({ length: parameter.listLength ?? few(4) }, () => (parameter.optionalElement && random() < 0.3 ? null : plain(parameter)));
}

type Callable = (...args: unknown[]) => unknown;

function target(name: string): Callable & { readonly schema: string } {
  const [, space, operator, overload = ''] = /^(\w+)::(\w+)(?:\.(\w+))?$/.exec(name)!;
  return torch.ops[space!]![operator!]![overload || 'default']! as unknown as Callable & { readonly schema: string };
}

/** `torch.name(…)`, or `tensor.name(…)` where the first argument is one. */
function surface(name: string, args: readonly unknown[], options: object): void {
  const key = camelCase(/::(\w+)/.exec(name)![1]!);
  const [self, ...rest] = args;
  const method = self instanceof torch.Tensor && random() < 0.5 ? (self as unknown as Record<string, Callable>)[key] : undefined;
  if (method) method.call(self, ...rest, options);
  else (torch as unknown as Record<string, Callable>)[key]!(...args, options);
}

function call(name: string): void {
  const operator = target(name);
  const { parameters } = parseSchema(operator.schema);
  const args = parameters.map(argument);
  const positional = parameters.filter(({ keywordOnly }) => !keywordOnly).length;
  const named = (keys: 'name' | 'key'): object => Object.fromEntries(parameters.slice(positional).map((parameter, i) => [parameter[keys], args[positional + i]]));
  try {
    if (way === 'surface') surface(name, args.slice(0, positional), named('key'));
    else operator(...args.slice(0, positional), named('name'));
  } catch (error) {
    if (!(error instanceof TorchError)) throw error;
  }
}

const KEYS = [
  'dim', 'dtype', 'device', 'kernelSize', 'stride', 'padding', 'dilation', 'groups', 'bias', 'mode', 'reduction', 'weight', 'eps', 'requiresGrad',
  'alpha', 'lr', 'keepdim', 'p', 'training', 'numLayers', 'outputSize', 'ignoreIndex', 'margin', 'momentum', 'betas', 'blank', 'scaleFactor',
];

/** What JavaScript may pass where no schema says what is meant; mostly tensors and numbers. */
function anything(): unknown {
  switch (few(12)) {
    case 0:
      return pick<unknown>([null, undefined, 3n, NaN, 0.5, true, {}, Infinity, new Float32Array(3), (x: unknown) => x]);
    case 1:
      return pick(['mean', 'none', 'sum', 'same', 'constant', 'bilinear', 'float32', 'int64', 'cpu', 'cuda', 'meta', '']);
    case 2:
      return Array.from({ length: few(4) }, () => pick(INTEGERS));
    case 3:
      return [tensor(), tensor()];
    case 4:
      return Object.fromEntries(Array.from({ length: 1 + few(2) }, () => [pick(KEYS), anything()]));
    case 5:
    case 6:
    case 7:
      return pick(random() < 0.05 ? HUGE : INTEGERS);
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
    (Reflect.construct(found, [random() < 0.7 ? [weight] : anything(), ...args]) as { step(): unknown }).step();
  } else if (/^[A-Z]/.test(path.at(-1)!)) (Reflect.construct(found, args) as { forward: Callable }).forward(...Array.from({ length: 1 + few(2) }, anything));
  else settle(found(...args));
}

function settle(result: unknown): void {
  if (result instanceof Promise) result.catch(() => undefined);
}

/** JavaScript's own words for what TypeScript forbids are fine for layers, as Python's are there; the tensors' surface has its own. */
function isExpected(error: unknown, name: string): boolean {
  return error instanceof TorchError || (error instanceof TypeError && !/^(torch|Tensor|fft|linalg|special)\./.test(name));
}

function callSafely(name: string): void {
  if (way !== 'hand') return call(name);
  try {
    callByHand(name);
  } catch (error) {
    if (!isExpected(error, name)) throw error;
  }
}

for (const name of names) {
  writeSync(1, `${name}\n`);
  if (name === 'test::crash') process.kill(process.pid, 'SIGSEGV');
  for (let i = 0; i < Number(calls); i++) torch.scope(() => callSafely(name));
}
writeSync(1, 'done\n');
