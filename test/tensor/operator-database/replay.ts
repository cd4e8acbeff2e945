/** Runs a recorded program of operator calls through the typed surface and compares what it gives. */
import assert from 'node:assert/strict';
import * as torch from '../../../ts/tensor';
import { Tensor, type Argument, type Options } from '../../../ts/tensor';
import { OVERLOADS } from '../../../ts/tensor/generated/overloads';
import { camelCase } from '../../../ts/tensor/operators/schema';
import { isClose, toleranceOf } from '../../tolerances';
import type { OperatorCase, StoredCall, StoredResult, StoredTensor, StoredValue } from './cases';

type Values = Map<number, Tensor>;
type Callable = (...args: unknown[]) => unknown;

const surface = new Map(
  OVERLOADS.map(([name, method, overloads]) => [name, { method: method === 1, overloads: overloads.split(' ') }]),
);
const functions = torch as unknown as Readonly<Record<string, Callable>>;

/** Which way a call takes: a method, a function of the typed surface, or `torch.ops` for names that are internal to PyTorch. */
export type Way = 'method' | 'function' | 'ops';

export function waysOf(operator: string): Way[] {
  const [namespace, name, overload] = operator.split('.') as [string, string, string];
  const known = namespace === 'aten' ? surface.get(name) : undefined;
  if (!known?.overloads.includes(overload === 'default' ? '' : overload)) return ['ops'];
  return known.method ? ['function', 'method'] : ['function'];
}

/** The gradient that arrives at an output: the script's `weights_for`. */
function weightsFor(output: Tensor): Tensor {
  const count = output.numel();
  const ramp = torch.arange(count, { dtype: 'float64' }).mul(7).remainder(11).sub(5).div(4);
  const whole = output.isComplex() ? torch.complex(ramp, ramp.flip([0])) : ramp;
  return whole.to(output.dtype).view([...output.shape]);
}

export function makeTensor(stored: StoredTensor): Tensor {
  const { dtype, shape, strides, offset, layout, parts } = stored;
  if (layout) return makeSparse(layout, shape, parts!.map(makeTensor));
  const bytes = Buffer.from(stored.data!, 'base64');
  if (bytes.length === 0) return torch.empty([...shape], { dtype });
  const flat = torch.fromTypedArray(new Uint8Array(bytes), [bytes.length]).clone();
  const elements = torch.ops['aten']!['view']!['dtype']!(flat, dtype) as Tensor;
  return strides
    ? elements.asStrided([...shape], [...strides], { storageOffset: offset ?? 0 })
    : elements.view([...shape]);
}

function makeSparse(layout: string, shape: readonly number[], parts: readonly Tensor[]): Tensor {
  const make = torch.ops['aten']![layout === 'sparse_coo' ? 'sparse_coo_tensor' : `${layout}_tensor`]!;
  const overload =
    make[
      layout === 'sparse_coo' ? 'indices_size' : layout === 'sparse_csr' ? 'crow_col_value_size' : 'ccol_row_value_size'
    ]!;
  return overload(...parts, [...shape], { dtype: parts.at(-1)!.dtype }) as Tensor;
}

function argument(value: StoredValue, values: Values): Argument {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: StoredValue) => argument(item, values)) as Argument;
  if ('t' in value) return values.get(value.t)!;
  if ('i' in value) return BigInt(value.i);
  if ('f' in value) return Number(value.f.replace('inf', 'Infinity'));
  return value as Argument;
}

function call([operator, args, named]: StoredCall, values: Values, prefer: Way): unknown {
  const [namespace, name, overload] = operator.split('.') as [string, string, string];
  const given = args.map((arg) => argument(arg, values));
  const options = Object.fromEntries(
    Object.entries(named).map(([key, value]) => [camelCase(key), argument(value, values)]),
  );
  const rest = Object.keys(options).length > 0 ? [options as Options] : [];
  const ways = waysOf(operator);
  if (ways[0] === 'ops') return torch.ops[namespace]![name]![overload]!(...given, ...rest);
  const key = camelCase(name);
  const [self, ...others] = given;
  if (prefer === 'method' && ways.includes('method') && self instanceof Tensor) {
    return (self as unknown as Readonly<Record<string, Callable>>)[key]!(...others, ...rest);
  }
  return functions[key]!(...given, ...rest);
}

function keep(made: unknown, indices: StoredResult, values: Values): void {
  if (typeof indices === 'number') values.set(indices, made as Tensor);
  else if (indices) indices.forEach((index, i) => keep((made as unknown[])[i], index, values));
}

/** Operators whose results are whatever the memory held. */
const UNDEFINED = /^(?:new_)?empty|^resize_|^empty_strided|^new_empty_strided|^empty_permuted/;

function plain(tensor: Tensor): Tensor {
  const strided = tensor.layout === 'strided' ? tensor : tensor.toDense();
  return strided.detach().resolveConj().resolveNeg();
}

function expectEqual(actual: Tensor, stored: StoredTensor, op: string, what: string): void {
  assert.equal(actual.dtype, stored.dtype, `dtype of ${what}`);
  assert.deepEqual(actual.shape, stored.shape, `shape of ${what}`);
  const [found, wanted] = [plain(actual), plain(makeTensor(stored))];
  if (isClose(found, wanted, toleranceOf(stored.dtype, op))) return;
  assert.fail(`${what}: expected\n${wanted}\nfound\n${found}`);
}

/** @throws AssertionError, or the operator's own error */
export function replay(stored: OperatorCase, seed: number, prefer: Way): void {
  torch.scope(() => {
    const values: Values = new Map();
    for (const [number, tensor] of stored.inputs) {
      const made = makeTensor(tensor);
      values.set(number, tensor.grad ? made.detach().requiresGrad_(true) : made);
    }
    torch.manualSeed(seed);
    let last: unknown;
    for (const step of stored.calls) {
      if (step[0] === 'seed') torch.manualSeed(Number(step[1][0]));
      else keep((last = call(step, values, prefer)), step[3], values);
    }
    if (stored.outputs.length === 0)
      assert.deepEqual(
        [last].flat(),
        stored.plain.map((value) => argument(value, values)),
      );
    const undefinedValues = UNDEFINED.test(stored.aten) || UNDEFINED.test(stored.op);
    stored.expected.forEach((expected, i) => {
      const output = values.get(stored.outputs[i]!)!;
      if (undefinedValues) assert.deepEqual([output.dtype, output.shape], [expected.dtype, expected.shape]);
      else expectEqual(output, expected, stored.op, `result ${i}`);
    });
    if (stored.gradients && !undefinedValues) replayGradients(stored.op, stored.gradients, values);
  });
}

function replayGradients(
  op: string,
  { of, by, expected }: NonNullable<OperatorCase['gradients']>,
  values: Values,
): void {
  if (of.length === 0) return;
  const outputs = of.map((number) => values.get(number)!);
  const gradOutputs = outputs.map(weightsFor);
  const found = torch.autograd.grad(
    outputs,
    by.map((number) => values.get(number)!),
    { gradOutputs, allowUnused: true },
  );
  expected.forEach((wanted, i) => {
    if (wanted === null) assert.equal(found[i], null, `gradient ${i}`);
    else expectEqual(found[i]!, wanted, op, `gradient ${i}`);
  });
}
