/**
 * The wire: a Float64Array shared with the addon, through which arguments and results travel. Writing a double costs a
 * nanosecond where one Node-API conversion costs ten to a hundred. The format is the table of `native/wire.h`.
 */
import { binding } from './binding';

export const Tag = {
  None: 0,
  Default: 1,
  Tensor: 2,
  Int: 3,
  Float: 4,
  Bool: 5,
  String: 6,
  List: 7,
  BigInt: 8,
  Complex: 9,
  Generator: 10,
  Same: 11,
  Dict: 12,
  Slot: 13,
  Constant: 14,
} as const;

const FIRST_LENGTH = 1 << 12;
const SLACK = 1 << 8; // for the single arguments that may follow a list

let cells: Float64Array = new Float64Array(FIRST_LENGTH);
let position = 0;
binding.attachWire(cells);

/** Goes back to the start, to write a message or to read one. */
export function rewind(): void {
  position = 0;
}

/** Makes room for `count` more cells. Only long lists call it: single arguments never fill the first 4,096. */
export function reserve(count: number): void {
  if (position + count + SLACK <= cells.length) return;
  const grown = new Float64Array(Math.max(cells.length * 2, position + count + SLACK));
  grown.set(cells);
  binding.attachWire(grown);
  cells = grown;
}

export function put(value: number): void {
  cells[position++] = value;
}

export function put2(tag: number, value: number): void {
  cells[position] = tag;
  cells[position + 1] = value;
  position += 2;
}

export function peek(): number {
  return cells[position]!;
}

export function take(): number {
  return cells[position++]!;
}

/** The addon grew the wire while it wrote results. */
export function replaceWire(grown: Float64Array): void {
  cells = grown;
}

/** Replaces what is on the wire by a message that the addon kept for later. */
export function restore(values: Float64Array): void {
  rewind();
  reserve(values.length);
  cells.set(values);
}

/** Writes a call of an operator on tensors alone, as `callUnboxed` takes it. */
export function putUnboxedCall(operator: number, count: number, first: number, second: number, third: number): void {
  cells[0] = operator;
  cells[1] = count;
  cells[2] = first;
  cells[3] = second;
  cells[4] = third;
}

/** The one number that `callUnboxed` writes: the handle of its result, or 0. */
export function takeFirst(): number {
  return cells[0]!;
}

/** Writes one handle, as `free` takes it. */
export function putHandle(handle: number): void {
  cells[0] = handle;
}
