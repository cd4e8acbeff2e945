/** Reads test/golden and compares tensors with it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as torch from '../../ts/tensor';
import type { DType, Tensor } from '../../ts/tensor';
import { DRAWN, isClose, toleranceOf } from '../tolerances';

const folder = path.join(__dirname, '..', 'golden');

/** The tensors of test/golden/<name>.safetensors; asking for one that is not there fails. */
export function goldenTensors(name: string): { names: string[]; get(key: string): Tensor } {
  const tensors = torch.safetensors.load(path.join(folder, `${name}.safetensors`));
  return {
    names: Object.keys(tensors),
    get(key) {
      const tensor = tensors[key];
      assert.ok(tensor, `${name}.safetensors has no tensor ${key}`);
      return tensor;
    },
  };
}

export function goldenJson<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as T;
}

/** Same shape and type, and as near as test/tolerances.ts has it for that type, or as near as is given. */
export function assertClose(
  actual: Tensor,
  expected: Tensor,
  { tolerance = toleranceOf(expected.dtype), what = 'tensor' } = {},
): void {
  assert.deepEqual(actual.shape, expected.shape, `${what}: shape`);
  assert.equal(actual.dtype, expected.dtype, `${what}: dtype`);
  if (isClose(actual, expected, tolerance)) return;
  const { rtol, atol } = tolerance;
  assert.fail(
    `${what}: expected, within ${rtol} of each number and ${atol},\n${expected.detach()}\nfound\n${actual.detach()}`,
  );
}

/** The same for one number, as it comes from a tensor of that type. */
export function assertNumber(actual: number, expected: number, what = 'number', dtype: DType = 'float32'): void {
  const { rtol, atol } = toleranceOf(dtype);
  const allowed = rtol * Math.abs(expected) + atol;
  assert.ok(
    Math.abs(actual - expected) <= allowed,
    `${what}: expected ${expected}, within ${allowed}, found ${actual}`,
  );
}

/** The same random numbers; normal ones go through a logarithm and a cosine, whose last bits are the processor's. */
export function assertDrawn(actual: Tensor, expected: Tensor, what = 'tensor'): void {
  assertClose(actual, expected, { tolerance: toleranceOf(expected.dtype, DRAWN), what });
}

/**
 * The same bits, NaNs included: for what is not computed, or computed twice on this machine, from the same memory: MKL begins a
 * sum where memory is aligned, so another copy of the weights may give another last digit.
 */
export function assertSame(actual: Tensor, expected: Tensor, what = 'tensor'): void {
  assert.deepEqual(actual.shape, expected.shape, `${what}: shape`);
  assert.equal(actual.dtype, expected.dtype, `${what}: dtype`);
  assert.deepEqual(actual.detach().data(), expected.detach().data(), `${what}: elements`);
}
