import assert from 'node:assert/strict';
import { torch } from '../../ts';

const MEBIBYTE = 2 ** 18; // float32

const make = (size: number): unknown => torch.full([size * MEBIBYTE], 1);

/** MiB that go back to the system. */
function released(): number {
  const before = process.memoryUsage.rss();
  torch.accelerator.emptyCache();
  return (before - process.memoryUsage.rss()) / 2 ** 20;
}

/** MiB that wait after tensors of these sizes were made, written to and freed, one after the other. */
function kept(...sizes: readonly number[]): number {
  for (const size of sizes) torch.scope(() => void make(size));
  return released();
}

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 12, `expected about ${expected} MiB, found ${found}`);
}

describe('the memory of a large tensor', () => {
  beforeEach(() => torch.accelerator.emptyCache());

  it('waits for the next tensor of that size, or one hardly smaller', () => near(kept(48, 48, 47, 48), 48));

  it('waits beside that of another size', () => {
    for (let step = 0; step < 3; step++) torch.scope(() => void [make(64), make(48)]);
    near(released(), 64 + 48);
  });

  it('goes back when another size is asked for', () => near(kept(48, 64, 130), 130));

  it('waits no longer after emptyCache()', () => {
    near(kept(64), 64);
    near(released(), 0);
  });

  it('is kept up to 256 MiB', () => {
    torch.scope(() => void Array.from({ length: 16 }, () => make(48)));
    near(released(), 5 * 48);
  });

  it('does not wait below 32 MiB, where it is the heap’s', () => near(kept(16), 0));

  it('is not counted as in use', () => {
    const before = torch.allocatedBytes();
    torch.scope(() => void make(48));
    assert.ok(torch.allocatedBytes() - before < 2 ** 20);
  });
});
