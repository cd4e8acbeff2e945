/**
 * Calls every public function and class with arguments of wrong kinds, and prints the errors that are not the library's. A process
 * of its own: some of the calls register hooks or set what holds for a process.
 */
import * as lib from '../../ts';
import { TorchError } from '../../ts/errors';

type Space = Readonly<Record<string, unknown>>;
type Call = (...args: unknown[]) => unknown;

const { torch } = lib;
class Some {}

/** What a program without types might pass; each call gets new ones. */
const values: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  '{}': () => ({}),
  '[]': () => [],
  '[null]': () => [null],
  NaN: () => NaN,
  '-1': () => -1,
  '"x"': () => 'x',
  symbol: () => Symbol('s'),
  class: () => Some,
  'a frozen object': () => Object.freeze({ a: 1 }),
  'a proxy': () => new Proxy({}, {}),
  'an object without a prototype': () => Object.create(null) as unknown,
};

/** Not to be called here, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'optim.Optimizer': 'abstract: its subclasses are called',
  'torch.allowUnchecked': 'ends what protects from the kernels',
  'torch.setNumThreads': 'of the whole process',
  'torch.setNumInteropThreads': 'of the whole process',
  'torch.models': 'reads files',
  'torch.ops': 'test/tensor/fuzz calls all of them',
  'torch.testing': 'throws AssertionErrors',
};

/** What the caller's own function throws is the caller's. */
const isOfCaller = (error: unknown): boolean =>
  error instanceof TypeError && error.message === "Class constructor Some cannot be invoked without 'new'";

function* functionsOf(space: Space, path: string, seen = new Set<unknown>()): Generator<[string, Call]> {
  for (const [name, value] of Object.entries(space)) {
    if (Object.hasOwn(leftOut, `${path}.${name}`) || seen.has(value)) continue;
    if (typeof value === 'function') {
      seen.add(value);
      const isClass = Function.prototype.toString.call(value).startsWith('class');
      const make = (...args: unknown[]): unknown => Reflect.construct(value, args);
      yield [`${path}.${name}`, isClass ? make : (value as Call)];
    } else if (typeof value === 'object' && value !== null && !(value instanceof torch.Tensor)) {
      seen.add(value);
      yield* functionsOf(value as Space, `${path}.${name}`, seen);
    }
  }
}

function report(part: 'nn' | 'optim' | 'data' | 'vision' | 'torch'): { calls: number; raw: Promise<string[]> } {
  const raw: string[] = [];
  const waited: Promise<void>[] = [];
  let calls = 0;
  const note = (name: string, args: string, error: unknown): void => {
    if (!(error instanceof TorchError) && !isOfCaller(error)) raw.push(`${name}(${args}): ${String(error)}`);
  };
  const others = new Set<unknown>(part === 'torch' ? [torch.nn, torch.optim, torch.utils.data, torch.vision] : []);
  for (const [name, call] of functionsOf(lib[part] as unknown as Space, part, others)) {
    for (const [label, value] of Object.entries(values)) {
      const tensor = torch.ones([2, 2]);
      const lists: [string, unknown[]][] = [
        [label, [value()]],
        [`${label}, ${label}`, [value(), value()]],
        [`${label}, 2`, [value(), 2]],
        [`2, ${label}`, [2, value()]],
        [`tensor, ${label}`, [tensor, value()]],
        [`tensor, tensor, ${label}`, [tensor, tensor, value()]],
      ];
      for (const [args, list] of lists) {
        calls++;
        try {
          const result = torch.scope(() => {
            const given = call(...list);
            return given instanceof Promise ? (given as Promise<unknown>) : undefined;
          });
          if (result instanceof Promise)
            waited.push(
              result.then(
                () => undefined,
                (error) => note(name, args, error),
              ),
            );
        } catch (error) {
          note(name, args, error);
        }
      }
      if (!tensor.isDisposed) tensor.dispose();
    }
  }
  return { calls, raw: Promise.all(waited).then(() => raw) };
}

const found = report(process.argv[2] as 'nn');
void found.raw.then((raw) => {
  console.log(JSON.stringify({ calls: found.calls, raw }));
  process.exit(0);
});
