import assert from 'node:assert/strict';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { NETWORK } from '../tolerances';

/** Same shape and type, and no element further away than a share of the largest magnitude that is expected. */
export function assertNear(
  actual: Tensor,
  expected: Tensor,
  part: keyof typeof NETWORK = 'forward',
  what = 'tensor',
): void {
  assert.deepEqual(actual.shape, expected.shape, `${what}: shape`);
  assert.equal(actual.dtype, expected.dtype, `${what}: dtype`);
  if (actual.numel() === 0) return;
  torch.noGrad(() =>
    torch.scoped(() => {
      const largest = Number(expected.abs().max().item());
      const distance = Number(actual.sub(expected).abs().max().item());
      assert.ok(
        distance <= NETWORK[part] * largest,
        `${what}: ${distance} away where the largest is ${largest}, which is ${distance / largest} of it`,
      );
    }),
  );
}
