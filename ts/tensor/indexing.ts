/**
 * Indexing as in Python: `x.index(0, null, slice(0, 10, 2), [1, 3], mask)` is `x[0, None, 0:10:2, [1, 3], mask]`, and
 * `x.indexPut([…], value)` is the assignment to it.
 */
import { DTypeError, ShapeError } from '../errors';
import { fromTypedArray, tensor as makeTensor } from './create';
import { describe, operator } from './operator';
import { scoped } from './lifetime';
import { Tensor } from './tensor';

export class Slice {
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
    throw new ShapeError(`slice: expected a step of at least 1, found ${step}; use flip() to reverse`);
  }
  return new Slice(start ?? null, stop ?? null, step);
}

/** A number picks, null adds a dimension, `'...'` stands for all the rest, arrays and tensors pick elements, a bool tensor masks. */
export type Index = number | null | boolean | Slice | '...' | readonly number[] | readonly boolean[] | Tensor;

type Picks = (Tensor | null)[];

const call = (name: string, overload: string, ...args: unknown[]): Tensor => operator('aten', name, overload).call(args) as Tensor;

function asTensor(index: Tensor | readonly (number | boolean)[], device: string): Tensor {
  const found = index instanceof Tensor ? index : listIndex(index);
  if (!['int64', 'int32', 'bool', 'uint8', 'int8', 'int16'].includes(found.dtype)) {
    throw new DTypeError(`index: expected integers or booleans, found ${describe(found)}; convert it with .to('int64')`);
  }
  return found.to({ device });
}

function listIndex(index: readonly (number | boolean)[]): Tensor {
  if (index.some((item) => typeof item === 'boolean')) return makeTensor([...index], { dtype: 'bool' });
  const odd = index.find((item) => !Number.isInteger(item));
  if (odd !== undefined) throw new DTypeError(`index: expected integers in the list, found ${describe(odd)}`);
  return fromTypedArray(BigInt64Array.from(index, (item) => BigInt(item as number)));
}

function dimensionsUsed(index: Index): number {
  if (index === null || index === '...' || typeof index === 'boolean') return 0;
  if (index instanceof Tensor && (index.dtype === 'bool' || index.dtype === 'uint8')) return index.ndim;
  return 1;
}

function expandEllipsis(indices: readonly Index[], dims: number): Index[] {
  const used = indices.reduce<number>((sum, index) => sum + dimensionsUsed(index), 0);
  if (used > dims) throw new ShapeError(`index: too many indices for a tensor of ${dims} dimensions, found ${used}`);
  const at = indices.indexOf('...');
  if (at < 0) return [...indices];
  if (indices.indexOf('...', at + 1) >= 0) throw new ShapeError("index: expected at most one '...', found two");
  const all: Index[] = Array.from({ length: dims - used }, () => new Slice(null, null, 1));
  return [...indices.slice(0, at), ...all, ...indices.slice(at + 1)];
}

/** Applies what makes views (numbers, slices, null) and collects what gathers (lists, tensors, masks). */
function view(tensor: Tensor, indices: readonly Index[]): { view: Tensor; picks: Picks } {
  let result = tensor;
  let dim = 0;
  const picks: Picks = [];
  for (const index of expandEllipsis(indices, tensor.ndim)) {
    if (index === null) result = call('unsqueeze', '', result, dim++);
    else if (typeof index === 'number') result = call('select', 'int', result, dim, index);
    else if (index instanceof Slice) {
      if (index.start !== null || index.stop !== null || index.step !== 1) {
        result = call('slice', 'Tensor', result, dim, index.start, index.stop, index.step);
      }
      dim++;
    } else if (typeof index === 'boolean') {
      result = call('unsqueeze', '', result, dim);
      picks[dim++] = makeTensor([index], { dtype: 'bool', device: tensor.device });
    } else if (typeof index === 'string') throw new DTypeError(`index: expected '...', found '${index}'`);
    else {
      const pick = asTensor(index, tensor.device);
      picks[dim] = pick;
      dim += dimensionsUsed(pick);
    }
  }
  return { view: result, picks: Array.from(picks, (pick) => pick ?? null) };
}

/** `tensor[indices]`: a view as long as only numbers, slices, null and '...' occur, else a copy. */
export function index(tensor: Tensor, indices: readonly Index[]): Tensor {
  return scoped(() => {
    const found = view(tensor, indices);
    if (found.picks.length > 0) return call('index', 'Tensor', found.view, gatherable(found.picks, found.view));
    return found.view === tensor ? call('alias', '', tensor) : found.view;
  });
}

// A mask spans several dimensions but is one entry of the list; the holes that it left are not dimensions of their own.
function gatherable(picks: Picks, viewed: Tensor): Picks {
  const result: Picks = [];
  for (let dim = 0; dim < picks.length && dim < viewed.ndim; ) {
    const pick = picks[dim] ?? null;
    result.push(pick);
    dim += pick ? Math.max(1, dimensionsUsed(pick)) : 1;
  }
  return result;
}

/** `tensor[indices] = value`, in place. */
export function indexPut(tensor: Tensor, indices: readonly Index[], value: Tensor | number | boolean): void {
  scoped(() => {
    const found = view(tensor, indices);
    const filled = value instanceof Tensor ? value.to({ dtype: tensor.dtype, device: tensor.device }) : makeTensor(value, { dtype: tensor.dtype, device: tensor.device });
    if (found.picks.length > 0) call('index_put_', '', found.view, gatherable(found.picks, found.view), filled, false);
    else call('copy_', '', found.view, filled);
  });
}
