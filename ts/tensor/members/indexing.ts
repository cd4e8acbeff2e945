/**
 * Indexing as in Python: `x.index(0, null, slice(0, 10, 2), [1, 3], mask)` is `x[0, None, 0:10:2, [1, 3], mask]`, and
 * `x.indexPut_([…], value)` is the assignment to it.
 */
import { DTypeError, ShapeError } from '../../errors';
import { tensor as makeTensor, type TensorData } from '../creation/create';
import { formatValue, operator } from '../operators/operator';
import { scoped } from '../memory/lifetime';
import type { Device } from '../types/device';
import { addMembers, Tensor } from '../core/tensor';
import type { DType, Scalar, Complex } from '../types/dtype';
import { checkOptions } from '../../options';
import { show } from '../../options';

/** A range of indices with a step, as `slice()` makes it. */
export class Slice {
  /**
   * @param start first index; null for the beginning
   * @param stop index after the last; null for the end
   * @param step at least 1
   */
  constructor(
    readonly start: number | null,
    readonly stop: number | null,
    readonly step: number,
  ) {}
}

/** `slice(stop)`, `slice(start, stop)`, `slice(start, stop, step)`; null leaves a bound open. */
export function slice(stop: number | null): Slice;
export function slice(start: number | null, stop: number | null, step?: number): Slice;
export function slice(...bounds: (number | null | undefined)[]): Slice {
  const [start, stop, step = 1] = bounds.length === 1 ? [null, bounds[0]!] : bounds;
  if (step === null || !Number.isInteger(step) || step < 1) {
    throw new ShapeError(`slice: expected a step of at least 1, found ${show(step)}; use flip() to reverse`);
  }
  return new Slice(start ?? null, stop ?? null, step);
}

/**
 * A number (or an integer tensor without dimensions) picks, null adds a dimension, `'...'` stands for all the rest, arrays
 * and tensors pick elements, and those of booleans mask.
 */
export type Index = number | bigint | null | boolean | Slice | '...' | IndexList | Tensor;

export type IndexList = readonly (number | boolean | IndexList)[];

type Picks = (Tensor | null)[];

const call = (name: string, overload: string, ...args: unknown[]): Tensor =>
  operator('aten', name, overload).call(args) as Tensor;

const MASKS: readonly string[] = ['bool', 'uint8'];
const POSITIONS: readonly string[] = ['int64', 'int32', 'int16', 'int8'];

function listIndex(index: IndexList): Tensor {
  const isMask = typeof firstLeaf(index) === 'boolean';
  const made = makeTensor(index as TensorData, { dtype: isMask ? 'bool' : 'int64' });
  const kind = isMask ? 'boolean' : 'number';
  const odd = (index as readonly unknown[])
    .flat(Infinity)
    .find((item) => typeof item !== kind || (!isMask && !Number.isInteger(item)));
  if (odd === undefined) return made;
  throw new DTypeError(`index: expected ${isMask ? 'booleans' : 'integers'} in the list, found ${formatValue(odd)}`);
}

function firstLeaf(index: unknown): unknown {
  return Array.isArray(index) && index !== index[0] ? firstLeaf(index[0]) : index;
}

/**
 * One index in its simplest form: a tensor without dimensions becomes its number or boolean, a list becomes a tensor.
 * @throws DTypeError for what cannot index
 */
function simplify(index: Index, device: Device): Exclude<Index, IndexList | bigint> {
  if (typeof index === 'bigint') return Number(index);
  if (Array.isArray(index)) return listIndex(index as IndexList).to({ device });
  if (index instanceof Tensor) {
    const { dtype } = index;
    if (!MASKS.includes(dtype) && !POSITIONS.includes(dtype)) {
      throw new DTypeError(
        `index: expected integers or booleans, found ${formatValue(index)}; convert it with .to('int64')`,
      );
    }
    if (index.ndim > 0) return index.to({ device });
    return MASKS.includes(dtype) ? Boolean(index.item()) : Number(index.item());
  }
  if (
    index === null ||
    index === '...' ||
    index instanceof Slice ||
    typeof index === 'number' ||
    typeof index === 'boolean'
  )
    return index;
  throw new DTypeError(
    `index: expected a number, null, boolean, slice, '...', array or tensor, found ${formatValue(index)}`,
  );
}

type Simple = ReturnType<typeof simplify>;

function dimensionsUsed(index: Simple): number {
  if (index === null || index === '...' || typeof index === 'boolean') return 0;
  return index instanceof Tensor && MASKS.includes(index.dtype) ? index.ndim : 1;
}

function expandEllipsis(indices: readonly Simple[], dims: number): Simple[] {
  const used = indices.reduce<number>((sum, index) => sum + dimensionsUsed(index), 0);
  if (used > dims) throw new ShapeError(`index: too many indices for a tensor of ${dims} dimensions, found ${used}`);
  const at = indices.indexOf('...');
  if (at < 0) return [...indices];
  if (indices.indexOf('...', at + 1) >= 0) throw new ShapeError("index: expected at most one '...', found two");
  const all: Simple[] = Array.from({ length: dims - used }, () => new Slice(null, null, 1));
  return [...indices.slice(0, at), ...all, ...indices.slice(at + 1)];
}

/** Applies what makes views (numbers, slices, null) and collects what gathers (lists, tensors, masks). */
function view(tensor: Tensor, indices: readonly Index[]): { view: Tensor; picks: Picks } {
  let result = tensor;
  let dim = 0;
  const picks: Picks = [];
  const { device, ndim } = tensor;
  const simple = indices.map((index) => simplify(index, device));
  for (const index of expandEllipsis(simple, ndim)) {
    if (index === null) result = call('unsqueeze', '', result, dim++);
    else if (typeof index === 'number') result = call('select', 'int', result, dim, index);
    else if (index instanceof Slice) {
      if (index.start !== null || index.stop !== null || index.step !== 1) {
        result = call('slice', 'Tensor', result, dim, index.start, index.stop, index.step);
      }
      dim++;
    } else if (typeof index === 'boolean') {
      result = call('unsqueeze', '', result, dim);
      picks[dim++] = makeTensor([index], { dtype: 'bool', device });
    } else if (index instanceof Tensor) {
      picks[dim] = index;
      dim += dimensionsUsed(index);
    }
  }
  return { view: result, picks: Array.from(picks, (pick) => pick ?? null) };
}

/** `tensor[indices]`: a view as long as only numbers, slices, null and '...' occur, else a copy. */
function gather(tensor: Tensor, indices: readonly Index[]): Tensor {
  return scoped(() => {
    const found = view(tensor, indices);
    if (found.picks.length > 0) return call('index', 'Tensor', found.view, gatherable(found.picks, found.view));
    return found.view === tensor ? call('alias', '', tensor) : found.view;
  });
}

// A mask spans several dimensions but is one entry of the list; the holes that it left are not dimensions of their own.
function gatherable(picks: Picks, viewed: Tensor): Picks {
  const result: Picks = [];
  for (let dim = 0; dim < picks.length && dim < viewed.ndim;) {
    const pick = picks[dim] ?? null;
    result.push(pick);
    dim += pick ? Math.max(1, dimensionsUsed(pick)) : 1;
  }
  return result;
}

/** `tensor[indices] = value`, in place; the value is broadcast, and its leading sizes of 1 do not count. */
function put(tensor: Tensor, indices: readonly Index[], value: Tensor | Scalar | Complex, accumulate: boolean): void {
  if (!Array.isArray(indices))
    throw new DTypeError(
      `indexPut: expected the indices as an array, found ${formatValue(indices)}; write x.indexPut_([0, mask], value)`,
    );
  scoped(() => {
    const { dtype, device } = tensor;
    const found = view(tensor, indices);
    const filled =
      value instanceof Tensor ? squeezeFront(value.to({ dtype, device })) : makeTensor(value, { dtype, device });
    if (found.picks.length > 0)
      call('index_put_', '', found.view, gatherable(found.picks, found.view), filled, accumulate);
    else call(accumulate ? 'add_' : 'copy_', accumulate ? 'Tensor' : '', found.view, filled);
  });
}

function squeezeFront(value: Tensor): Tensor {
  const { shape } = value;
  const first = shape.findIndex((size) => size !== 1);
  return shape[0] === 1 ? call('view', '', value, first < 0 ? [] : shape.slice(first)) : value;
}

export interface IndexPutOptions {
  /** Add instead of replacing. @default false */
  readonly accumulate?: boolean;
}

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> {
    /** `x.index(0, null, slice(0, 10, 2), [1, 3], mask)` is Python's `x[0, None, 0:10:2, [1, 3], mask]`. */
    index(...indices: Index[]): Tensor;
    /** `x.indexPut_([0, slice(2)], value)` is Python's `x[0, :2] = value`, and with `accumulate` its `+=`, where an element that is named twice gets both. */
    indexPut_(indices: readonly Index[], value: Tensor | Scalar | Complex, options?: IndexPutOptions | boolean): this;
    /** A copy, changed as {@link indexPut_} changes the tensor itself. */
    indexPut(indices: readonly Index[], value: Tensor | Scalar | Complex, options?: IndexPutOptions | boolean): Tensor;
  }
}

addMembers({
  index(...indices: Index[]) {
    return gather(this, indices);
  },
  indexPut_(indices: readonly Index[], value: Tensor | Scalar | Complex, options: IndexPutOptions | boolean = {}) {
    const given = typeof options === 'boolean' ? { accumulate: options } : options;
    checkOptions('Tensor.indexPut_', given, ['accumulate']);
    put(this, indices, value, given.accumulate ?? false);
    return this;
  },
  indexPut(indices: readonly Index[], value: Tensor | Scalar | Complex, options?: IndexPutOptions | boolean) {
    return this.clone().indexPut_(indices, value, options);
  },
});
