import assert from 'node:assert/strict';
import { Tensor } from '../../ts/tensor';
import { assertClose, assertNumber } from '../nn/golden';

function numberOf(value: unknown): number {
  return value instanceof Tensor ? Number(value.item()) : Number(value);
}

/** A state of the same structure with the same numbers. What Python holds in a scalar tensor may be a number here. */
export function assertState(actual: unknown, expected: unknown, where: string): void {
  if (Array.isArray(expected)) {
    assert.ok(
      Array.isArray(actual) && actual.length === expected.length,
      `${where}: expected a list of ${expected.length}`,
    );
    for (const [i, item] of expected.entries()) assertState(actual[i], item, `${where}[${i}]`);
  } else if (expected instanceof Tensor && expected.ndim > 0) {
    assert.ok(actual instanceof Tensor, `${where}: expected a tensor`);
    assertClose(actual, expected, { what: where });
  } else if (expected instanceof Tensor || typeof expected === 'number') {
    assertNumber(numberOf(actual), numberOf(expected), where);
  } else if (typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(actual as object).sort(), Object.keys(expected).sort(), `keys of ${where}`);
    for (const [key, item] of Object.entries(expected))
      assertState((actual as Record<string, unknown>)[key], item, `${where}.${key}`);
  } else {
    assert.deepEqual(actual, expected, where);
  }
}
