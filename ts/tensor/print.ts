/** Prints tensors as PyTorch does (torch/_tensor_str.py): four digits, columns aligned, long ones summarized. */
import { isComplex, isFloatingPoint } from './dtype';
import type { Tensor } from './tensor';

const THRESHOLD = 1000; // elements from which on a tensor is summarized
const EDGE = 3; // items shown at each end then
const PRECISION = 4;
const WIDTH = 80;

type Value = number | bigint | boolean | { re: number; im: number };
type Format = (value: Value) => string;

const special = (value: number): string => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');

/** JavaScript writes `1e-7` and `1.5e+21`; C writes two digits of exponent. */
function scientific(value: number): string {
  return value.toExponential(PRECISION).replace(/e([+-])(\d)$/, 'e$10$2');
}

function floatText(values: readonly number[]): (value: number) => string {
  const finite = values.filter(Number.isFinite).map(Math.abs);
  const nonzero = finite.filter((value) => value !== 0);
  const whole = finite.every(Number.isInteger);
  const largest = Math.max(0, ...nonzero);
  const smallest = Math.min(Infinity, ...nonzero);
  if (whole) {
    const wide = largest / smallest > 1000 && nonzero.length > 0 ? largest > 1e8 : largest > 1e8;
    return (value) => (!Number.isFinite(value) ? special(value) : wide ? scientific(value) : `${value.toFixed(0)}.`);
  }
  const exponent = nonzero.length > 0 && (largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4);
  return (value) => (!Number.isFinite(value) ? special(value) : exponent ? scientific(value) : value.toFixed(PRECISION));
}

function padded(values: readonly Value[], text: Format): Format {
  const width = Math.max(0, ...values.map((value) => text(value).length));
  return (value) => text(value).padStart(width);
}

function formatter(values: readonly Value[], tensor: Tensor): Format {
  if (isComplex(tensor.dtype)) {
    const parts = (values as { re: number; im: number }[]).flatMap(({ re, im }) => [re, im]);
    const text = floatText(parts);
    return padded(values, (value) => {
      const { re, im } = value as { re: number; im: number };
      return `${text(re)}${im < 0 || Object.is(im, -0) ? '-' : '+'}${text(Math.abs(im))}j`;
    });
  }
  if (isFloatingPoint(tensor.dtype)) return padded(values, floatText(values as number[]) as Format);
  if (tensor.dtype === 'bool') return padded(values, (value) => (value ? 'True' : 'False'));
  return padded(values, String);
}

type Shown = Value | Shown[] | '...';

/** The elements to show: of each long dimension only the ends. */
function shown(tensor: Tensor, summarize: boolean): Shown {
  if (!summarize) return tensor.toArray<Value>() as Shown;
  const { shape } = tensor;
  const cut = (part: Tensor, depth: number): Shown => {
    if (depth === shape.length) return part.toArray<Value>() as Value;
    const size = shape[depth]!;
    const item = (i: number): Shown => cut(part.select(0, i), depth + 1);
    const range = (from: number, to: number): Shown[] => Array.from({ length: to - from }, (_, i) => item(from + i));
    return size <= 2 * EDGE ? range(0, size) : [...range(0, EDGE), '...', ...range(size - EDGE, size)];
  };
  return cut(tensor, 0);
}

function leaves(value: Shown, into: Value[] = []): Value[] {
  if (Array.isArray(value)) for (const item of value) leaves(item, into);
  else if (value !== '...') into.push(value);
  return into;
}

function lines(items: readonly string[], indent: number): string {
  const perLine = Math.max(1, Math.floor((WIDTH - indent) / ((items.find((item) => item !== '...')?.length ?? 1) + 2)));
  const rows: string[] = [];
  for (let i = 0; i < items.length; i += perLine) rows.push(items.slice(i, i + perLine).join(', '));
  return `[${rows.join(`,\n${' '.repeat(indent + 1)}`)}]`;
}

function render(value: Shown, depth: number, indent: number, format: Format): string {
  if (!Array.isArray(value)) return value === '...' ? ' ...' : format(value);
  if (depth === 1) {
    return lines(value.map((item) => (item === '...' ? ' ...' : format(item as Value))), indent);
  }
  const between = `,${'\n'.repeat(depth - 1)}${' '.repeat(indent + 1)}`;
  return `[${value.map((item) => (item === '...' ? '...' : render(item, depth - 1, indent + 1, format))).join(between)}]`;
}

const PREFIX = 'tensor(';

export function print(tensor: Tensor): string {
  const { shape, dtype, device, requiresGrad, isLeaf } = tensor;
  const source = tensor.detach();
  const facts: string[] = [];
  const empty = shape.includes(0);
  if (empty && shape.length !== 1) facts.push(`size=(${shape.join(', ')})`);
  if (device !== 'cpu') facts.push(`device='${device}'`);
  if (!['float32', 'int64', 'bool', 'complex64'].includes(dtype) || (empty && dtype !== 'float32')) facts.push(`dtype=torch.${dtype}`);
  if (requiresGrad) facts.push(isLeaf ? 'requires_grad=True' : 'grad_fn=<…>');
  const body = empty ? '[]' : device === 'meta' ? '...' : elements(source);
  source.dispose();
  return `${PREFIX}${[body, ...facts].join(', ')})`;
}

function elements(source: Tensor): string {
  const values = shown(source, source.numel() > THRESHOLD);
  return render(values, source.ndim, PREFIX.length, formatter(leaves(values), source));
}
