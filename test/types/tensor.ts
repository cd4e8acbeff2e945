/**
 * What the compiler knows of tensors. This file is never run: that it compiles is the test (test/checks/compile.test.ts); a line
 * under `@ts-expect-error` that is no error is one.
 */
import * as torch from '../../ts';
import type { DataArray, Device, DType, Nested, Tensor } from '../../ts';
import type { Equal, Expect } from './expect';

declare const x: Tensor;
declare const names: { readonly dtype: DType; readonly device: Device; readonly text: string };

// ---- element types

const zeros = torch.zeros([2, 3], { dtype: 'int64' });
const plain = torch.zeros([2, 3]);
const half = x.to('float16');
const named = torch.tensor([1, 2], { dtype: names.dtype });

export type ElementTypes = [
  Expect<Equal<typeof zeros, Tensor<'int64'>>>,
  Expect<Equal<typeof plain, Tensor>>,
  Expect<Equal<typeof half, Tensor<'float16'>>>,
  Expect<Equal<typeof named, Tensor>>,
  Expect<Equal<Tensor, Tensor<DType>>>,
  Expect<Equal<Tensor['dtype'], DType>>,
  Expect<Equal<(typeof zeros)['dtype'], 'int64'>>,
  // In place nothing changes its type, on the way to a device neither.
  Expect<Equal<ReturnType<typeof fill>, Tensor<'int64'>>>,
  Expect<Equal<ReturnType<typeof move>, Tensor<'int64'>>>,
  Expect<Equal<ReturnType<typeof convert>, Tensor<'bfloat16'>>>,
];
const fill = () => zeros.fill_(1);
const move = () => zeros.to('cuda:1').cpu();
const convert = () => plain.to({ dtype: 'bfloat16', device: 'cuda' });

/** A tensor of one type is a tensor. */
export const all: readonly Tensor[] = [zeros, half, plain];
export const sum: Tensor = zeros.add(half);

// @ts-expect-error not every tensor is of one type
export const narrow: Tensor<'float32'> = plain;
// @ts-expect-error nor is one of another
export const other: Tensor<'float32'> = zeros;

// ---- what comes out of them

export type Elements = [
  Expect<Equal<ReturnType<typeof zeros.data>, BigInt64Array>>,
  Expect<Equal<ReturnType<typeof half.data>, Float32Array>>,
  Expect<Equal<ReturnType<Tensor<'bool'>['data']>, Uint8Array>>,
  Expect<Equal<ReturnType<Tensor<'complex128'>['data']>, Float64Array>>,
  Expect<Equal<Exclude<DataArray, ReturnType<Tensor['data']>>, Uint8ClampedArray>>,
  Expect<Equal<typeof shape, number[]>>,
  Expect<Equal<typeof nested, Nested<number>>>,
  Expect<Equal<typeof largest, Tensor>>,
  Expect<Equal<typeof indices, Tensor>>,
  Expect<Equal<typeof loaded, Record<string, Tensor>>>,
];
const { shape } = x;
const nested = x.toArray();
const [largest, indices] = x.max(1);
const loaded = torch.npz.load('arrays.npz');

// ---- names that cannot be

// @ts-expect-error no such type
torch.zeros([2], { dtype: 'float31' });
// @ts-expect-error no such device
torch.zeros([2], { device: 'disk' });
// @ts-expect-error a device has a number, not a name
torch.zeros([2], { device: 'cuda:first' });
// @ts-expect-error neither a type nor a device
x.to('flaot32');
// @ts-expect-error a text may be anything
x.to(names.text);
// @ts-expect-error the type is called float32
torch.randn([2], { dtype: Float32Array });
// @ts-expect-error the option is called dtype
torch.ones([2], { type: 'float32' });
// @ts-expect-error no operator of that name
x.matmull(x);
// @ts-expect-error an operator wants tensors
x.matmul([1, 2]);
// @ts-expect-error the dimension is a number
x.sum('1');
// @ts-expect-error a layout that there is not
torch.zeros([2], { layout: 'sparse' });
// @ts-expect-error autocast is for a device
torch.autocast('gpu', {}, () => x);

/** What only the program knows is asked for. */
export const asked: Tensor = x.to(torch.device(names.text)).to(names.dtype).to(names.device);
