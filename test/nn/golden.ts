/** Reads test/golden and compares tensors with it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';

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

/** Same shape and type, and no element further away than `atol + rtol |expected|`. */
export function assertClose(actual: Tensor, expected: Tensor, { atol = 1e-6, rtol = 1e-5, what = 'tensor' } = {}): void {
  assert.deepEqual(actual.shape, expected.shape, `${what}: shape`);
  assert.equal(actual.dtype, expected.dtype, `${what}: dtype`);
  torch.noGrad(() =>
    torch.scope(() => {
      const distance = actual.sub(expected).abs().sub(expected.abs().mul(rtol));
      const worst = actual.numel() === 0 ? 0 : Number(distance.max().item());
      assert.ok(worst <= atol, `${what}: ${worst} further away than ${atol} + ${rtol}|expected|`);
    }),
  );
}

/** The same bits, NaNs included. */
export function assertSame(actual: Tensor, expected: Tensor, what = 'tensor'): void {
  assert.deepEqual(actual.shape, expected.shape, `${what}: shape`);
  assert.equal(actual.dtype, expected.dtype, `${what}: dtype`);
  assert.deepEqual(actual.detach().data(), expected.detach().data(), `${what}: elements`);
}
