import assert from 'node:assert/strict';
import { torch } from '../../ts';

const MEBIBYTE = 2 ** 18; // float32

/** MiB that the process has more in memory after tensors of these sizes were made, written to and freed. */
function kept(...sizes: readonly number[]): number {
  const before = process.memoryUsage.rss();
  for (const size of sizes) torch.scope(() => void torch.full([size * MEBIBYTE], 1));
  return (process.memoryUsage.rss() - before) / 2 ** 20;
}

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 12, `expected about ${expected} MiB, found ${found}`);
}

describe('the memory of a large tensor', () => {
  beforeEach(() => {
    torch.ones([1]).dispose();
    torch.accelerator.emptyCache();
  });
  afterEach(() => torch.accelerator.emptyCache());

  it('waits for the next tensor of that size, or one hardly smaller', () => near(kept(48, 48, 47, 48), 48));

  it('goes back to the system by emptyCache()', () => {
    near(kept(64), 64);
    const before = process.memoryUsage.rss();
    torch.accelerator.emptyCache();
    near((before - process.memoryUsage.rss()) / 2 ** 20, 64);
  });

  it('goes back when a larger one is asked for', () => near(kept(48, 64, 100), 100));

  it('is kept up to 256 MiB', () => {
    const before = process.memoryUsage.rss();
    torch.scope(() => void Array.from({ length: 16 }, () => torch.full([48 * MEBIBYTE], 1)));
    near((process.memoryUsage.rss() - before) / 2 ** 20, 5 * 48);
  });

  it('is not counted as in use', () => {
    const before = torch.allocatedBytes();
    kept(48);
    assert.ok(torch.allocatedBytes() - before < 2 ** 20);
  });
});
