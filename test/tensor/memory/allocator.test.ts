import assert from 'node:assert/strict';
import { torch } from '../../../ts';

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

/** Of three measurements the nearest: what else goes on in the process comes and goes in between. */
function near(measure: () => number, expected: number): void {
  const found = [0, 1, 2].map(() => {
    torch.collectGarbage();
    torch.accelerator.emptyCache();
    return measure();
  });
  assert.ok(
    found.some((value) => Math.abs(value - expected) < 12),
    `expected about ${expected} MiB, found ${found.join(', ')}`,
  );
}

describe('the memory of a large tensor', () => {
  it('waits for the next tensor of that size, or one hardly smaller', () => near(() => kept(48, 48, 47, 48), 48));

  it('waits beside that of another size', () => {
    near(() => {
      for (let step = 0; step < 3; step++) torch.scope(() => void [make(64), make(48)]);
      return released();
    }, 64 + 48);
  });

  it('goes back when another size is asked for', () => near(() => kept(48, 64, 130), 130));

  it('waits no longer after emptyCache()', () => {
    near(() => {
      kept(64);
      return released();
    }, 0);
  });

  it('is kept up to 256 MiB', () => {
    near(() => {
      torch.scope(() => void Array.from({ length: 16 }, () => make(48)));
      return released();
    }, 5 * 48);
  });

  it('does not wait below 32 MiB, where it is the heap’s', () => near(() => kept(16), 0));

  it('is not counted as in use', () => {
    const before = torch.allocatedBytes();
    torch.scope(() => void make(48));
    assert.ok(torch.allocatedBytes() - before < 2 ** 20);
  });
});
