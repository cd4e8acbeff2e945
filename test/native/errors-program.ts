/** Run by raise.test.ts in a process of its own: tensors for the collector, and errors among which its collections fall. */
import assert from 'node:assert/strict';
import { binding } from '../../ts/native/binding';
import * as torch from '../../ts/tensor';

const NO_HANDLE = 1e15;

for (let round = 0; round < 400; round++) {
  for (let i = 0; i < 20; i++) torch.ones([1]);
  for (let i = 0; i < 150; i++) assert.throws(() => binding.layout(NO_HANDLE), Error);
}
