/** Prints, as JSON, how many MiB the allocator of the CPU keeps after tensors were freed: for allocator.test.ts. */
import { torch } from '../../../ts';

const MEBIBYTE = 2 ** 18; // float32

const make = (size: number): unknown => torch.full([size * MEBIBYTE], 1);

/** MiB that go back to the system. */
function released(): number {
  const before = process.memoryUsage.rss();
  torch.accelerator.emptyCache();
  return (before - process.memoryUsage.rss()) / 2 ** 20;
}

/** MiB that are kept after tensors of these sizes were made, written to and freed, one after the other. */
function kept(...sizes: readonly number[]): number {
  for (const size of sizes) torch.scope(() => void make(size));
  return released();
}

/** MiB that are kept after tensors of these sizes were in use together, three times over. */
function keptTogether(...sizes: readonly number[]): number {
  for (let step = 0; step < 3; step++) torch.scope(() => void sizes.map(make));
  return released();
}

function inUse(): number {
  const before = torch.allocatedBytes();
  torch.scope(() => void make(48));
  return (torch.allocatedBytes() - before) / 2 ** 20;
}

torch.scope(() => void make(1));
torch.accelerator.emptyCache();
const measured = {
  oneSize: kept(48, 48, 47, 48),
  twoSizes: keptTogether(64, 48),
  growing: kept(48, 64, 130),
  afterEmptyCache: (kept(64), released()),
  many: keptTogether(...Array.from({ length: 7 }, () => 48)),
  small: kept(16),
  inUse: inUse(),
};
console.log(JSON.stringify(measured));

export type Measured = typeof measured;
