import assert from 'node:assert/strict';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';

/** Same shape and type, and no element further away than `tolerance` times the largest magnitude that is expected. */
export function assertNear(actual: Tensor, expected: Tensor, tolerance = 1e-5, what = 'tensor'): void {
  assert.deepEqual(actual.shape, expected.shape, `${what}: shape`);
  assert.equal(actual.dtype, expected.dtype, `${what}: dtype`);
  if (actual.numel() === 0) return;
  torch.noGrad(() =>
    torch.scoped(() => {
      const largest = Number(expected.abs().max().item());
      const distance = Number(actual.sub(expected).abs().max().item());
      assert.ok(distance <= tolerance * largest, `${what}: ${distance} away where the largest is ${largest}, which is ${distance / largest} of it`);
    }),
  );
}
