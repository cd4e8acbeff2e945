/**
 * Run by fuzz.test.ts in a process of its own: calls operators with random arguments and prints the name of each before
 * it is called, so that the last line names the one that ended the process.
 *
 *     node --import tsx fuzz-program.ts <seed> <calls an operator> <operator>…
 */
import { writeSync } from 'node:fs';
import { TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { parseSchema, type SchemaParameter } from '../../../ts/tensor/schema';

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

const [seed = '1', calls = '1', ...names] = process.argv.slice(2);
const random = randomFrom(Number(seed));
const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
const few = (most: number): number => Math.floor(random() * (most + 1));

const SHAPES = [[], [0], [1], [3], [2, 3], [3, 3], [0, 3], [1, 3, 4], [2, 3, 4], [2, 3, 4, 4], [1, 2, 3, 4, 5]];
const TYPES = ['float32', 'float32', 'float32', 'float64', 'int64', 'int64', 'int32', 'uint8', 'bool', 'bfloat16', 'complex64'] as const;

function tensor(): torch.Tensor {
  const shape = pick(SHAPES);
  const dtype = pick(TYPES);
  const made = torch.randint(-2, 5, shape).to(dtype);
  switch (few(9)) {
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
    default:
      return made;
  }
}

const INTEGERS = [0, 1, 1, 2, 2, 3, -1, -1, -2, 5, 7, -9];

function plain({ base }: SchemaParameter): unknown {
  switch (base) {
    case 'Tensor':
      return tensor();
    case 'Scalar':
      return pick<unknown>([0, 1, -2, 0.5, NaN, true, 3n, { re: 1, im: -1 }]);
    case 'int':
      return pick(INTEGERS);
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

function call(name: string): void {
  const [, space, operator, overload = ''] = /^(\w+)::(\w+)(?:\.(\w+))?$/.exec(name)!;
  const target = torch.ops[space!]![operator!]![overload || 'default']!;
  const { parameters } = parseSchema(target.schema);
  const args = parameters.map(argument);
  const positional = parameters.filter(({ keywordOnly }) => !keywordOnly).length;
  const keywords = Object.fromEntries(parameters.slice(positional).map(({ name: key }, i) => [key, args[positional + i]]));
  try {
    target(...(args.slice(0, positional) as never[]), keywords as never);
  } catch (error) {
    if (!(error instanceof TorchError)) throw error;
  }
}

for (const name of names) {
  writeSync(1, `${name}\n`);
  for (let i = 0; i < Number(calls); i++) torch.scope(() => call(name));
}
writeSync(1, 'done\n');
