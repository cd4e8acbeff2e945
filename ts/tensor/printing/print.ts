/** Prints tensors as PyTorch does (torch/_tensor_str.py): columns aligned, lines of 80 characters, long tensors summarized. */
import { floatFormat, wholeFormat } from './number-format';
import { defaultComplex, getDefaultDtype } from '../types/defaults';
import { isComplex, isFloatingPoint, isQuantized } from '../types/dtype';
import { scoped } from '../memory/lifetime';
import { noGrad } from '../core/modes';
import { printSettings } from './print-options';
import { operator } from '../operators/operator';
import { addMembers, type Tensor } from '../core/tensor';
import type { DType, Complex } from '../types/dtype';

const PREFIX = 'tensor(';

type RealNumber = number | bigint | boolean;
type Items = RealNumber | Complex | Items[];

/** How one element is written, and how much room each takes. */
interface Format {
  readonly width: number;
  write(value: RealNumber | Complex): string;
}

function formatOf(values: readonly (RealNumber | Complex)[], tensor: Tensor): Format {
  if (isComplex(tensor.dtype)) return complexFormat(values as Complex[]);
  if (!isFloatingPoint(tensor.dtype)) return padded(wholeFormat(values as RealNumber[]));
  return padded(floatFormat(values as number[]));
}

function padded<T extends RealNumber>({ width, write }: { width: number; write(value: T): string }): Format {
  return { width, write: (value) => write(value as T).padStart(width) };
}

function complexFormat(values: readonly Complex[]): Format {
  const real = floatFormat(values.map(({ re }) => re));
  const imaginary = floatFormat(values.map(({ im }) => im));
  return {
    width: real.width + imaginary.width + 1, // the j; PyTorch leaves the sign uncounted
    write: (value) => {
      const { re, im } = value as Complex;
      const second = imaginary.write(im);
      return `${real.write(re).padStart(real.width)}${second.startsWith('-') ? '' : '+'}${second}j`;
    },
  };
}

/** The elements to show: of each long dimension only the ends. */
function edges(tensor: Tensor): Tensor {
  return tensor.shape.reduce((part, size, dim) => {
    const { edgeitems } = printSettings;
    if (size <= 2 * edgeitems) return part;
    const ends = [part.narrow(dim, 0, edgeitems), part.narrow(dim, size - edgeitems, edgeitems)];
    return operator('aten', 'cat').call([ends, dim]) as Tensor;
  }, tensor);
}

/** `shape` is what the tensor has; where `items` have fewer, the middle was left out. */
function render(items: Items, shape: readonly number[], indent: number, format: Format): string {
  if (!Array.isArray(items)) return format.write(items);
  const [size, ...inner] = shape;
  const isVector = inner.length === 0;
  const texts = items.map((item) => render(item, inner, indent + 1, format));
  if (items.length < size!) texts.splice(printSettings.edgeitems, 0, isVector ? ' ...' : '...');
  const margin = ' '.repeat(indent + 1);
  if (!isVector) return `[${texts.join(`,${'\n'.repeat(inner.length)}${margin}`)}]`;
  const perLine = Math.max(1, Math.floor((printSettings.linewidth - indent) / (format.width + 2)));
  const rows: string[] = [];
  for (let i = 0; i < texts.length; i += perLine) rows.push(texts.slice(i, i + perLine).join(', '));
  return `[${rows.join(`,\n${margin}`)}]`;
}

function elements(tensor: Tensor, indent: number): string {
  if (tensor.numel() === 0) return '[]';
  const items = (tensor.numel() > printSettings.threshold ? edges(tensor) : tensor).toArray<RealNumber | Complex>();
  const leaves = [items as unknown].flat(Infinity) as (RealNumber | Complex)[];
  return render(items, tensor.shape, indent, formatOf(leaves, tensor));
}

// The operators that give the parts of a sparse tensor, and the names under which they are printed.
const SPARSE_PARTS: Readonly<Record<string, readonly (readonly [name: string, operator: string])[]>> = {
  sparse_coo: [
    ['indices', '_indices'],
    ['values', '_values'],
  ],
  sparse_csr: [
    ['crow_indices', 'crow_indices'],
    ['col_indices', 'col_indices'],
    ['values', 'values'],
  ],
  sparse_bsr: [
    ['crow_indices', 'crow_indices'],
    ['col_indices', 'col_indices'],
    ['values', 'values'],
  ],
  sparse_csc: [
    ['ccol_indices', 'ccol_indices'],
    ['row_indices', 'row_indices'],
    ['values', 'values'],
  ],
  sparse_bsc: [
    ['ccol_indices', 'ccol_indices'],
    ['row_indices', 'row_indices'],
    ['values', 'values'],
  ],
};

function sparseParts(tensor: Tensor): string {
  const parts = SPARSE_PARTS[tensor.layout]!.map(([name, source]) => {
    const part = operator('aten', source).call([tensor]) as Tensor;
    const prefix = `${name}=${PREFIX}`;
    const size = part.numel() === 0 ? `, size=${tuple(part.shape)}` : '';
    return `${prefix}${elements(part, PREFIX.length + prefix.length)}${size})`;
  });
  return parts.join(`,\n${' '.repeat(PREFIX.length)}`);
}

const tuple = (shape: readonly number[]): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;

function content(tensor: Tensor): string {
  if (tensor.device === 'meta') return '...';
  if (tensor.layout in SPARSE_PARTS) return sparseParts(tensor);
  if (isQuantized(tensor.dtype)) return elements(tensor.dequantize(), PREFIX.length);
  return elements(tensor.layout === 'strided' ? tensor : tensor.toDense(), PREFIX.length);
}

/** What stands after the elements, where it is not the default. */
function facts(tensor: Tensor): string[] {
  const { shape, dtype, device, layout, gradFn } = tensor;
  const isSparse = layout in SPARSE_PARTS;
  const bare = device === 'meta' || shape.includes(0); // no element shows the type
  const found = device === 'cpu' ? [] : [`device='${device}'`];
  if (isSparse || isQuantized(dtype) || device === 'meta' || (bare && shape.length !== 1))
    found.push(`size=${tuple(shape)}`);
  if (isSparse && device !== 'meta') found.push(`nnz=${String(operator('aten', '_nnz').call([tensor]))}`);
  const implied: readonly string[] =
    bare && !isSparse ? [getDefaultDtype()] : [getDefaultDtype(), defaultComplex(), 'int64', 'bool'];
  if (!implied.includes(dtype)) found.push(`dtype=torch.${dtype}`);
  if (layout !== 'strided') found.push(`layout=torch.${layout}`);
  if (gradFn !== null) found.push(`grad_fn=<${gradFn}>`);
  else if (tensor.requiresGrad) found.push('requires_grad=True');
  return found;
}

/** Adds `tail` after the text, on a line of their own when the last one is full. */
function append(text: string, tail: readonly string[], forceLine: boolean): string {
  let result = text;
  let used = text.length - text.lastIndexOf('\n') + 1;
  for (const [i, fact] of tail.entries()) {
    if ((forceLine && i === 0) || used + fact.length + 2 > printSettings.linewidth) {
      result += `,\n${' '.repeat(PREFIX.length)}${fact}`;
      used = PREFIX.length + fact.length;
    } else {
      result += `, ${fact}`;
      used += fact.length + 2;
    }
  }
  return `${result})`;
}

function print(tensor: Tensor): string {
  const tail = facts(tensor);
  const body = noGrad(() => scoped(() => content(tensor.detach())));
  return append(PREFIX + body, tail, tensor.layout === 'sparse_coo');
}

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> {
    /** As PyTorch prints it. */
    toString(): string;
  }
}

addMembers({
  toString() {
    return this.isDisposed ? 'tensor(<disposed>)' : print(this);
  },
});
