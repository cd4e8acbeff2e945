/** One pass over shards behind an address: `memory-program.ts <address> <cache> <bytes>`; prints what it holds after each few batches. */
import { DataLoader } from '../../../ts/data/loader';
import { ShardedDataset, type ShardSample } from '../../../ts/data/shards/sharded-dataset';

async function read(source: string, cacheFolder: string, cacheBytes: number): Promise<void> {
  const samples = await ShardedDataset.open(source, { split: 'train', cacheFolder, cacheBytes });
  const sampler = samples.order({ batchSize: 4, shuffleBuffer: 4, streams: 2 });
  const loader = new DataLoader(samples, (batch: ShardSample[]) => batch.length, {
    batchSize: 4,
    sampler,
    prefetch: 1,
  });
  const held: number[] = [];
  let batches = 0;
  for await (const _ of loader.epoch(0)) {
    if (batches++ % 4 !== 0) continue;
    globalThis.gc!();
    held.push(process.memoryUsage().rss);
  }
  await samples.close();
  console.log(JSON.stringify(held));
}

if (require.main === module) void read(process.argv[2]!, process.argv[3]!, Number(process.argv[4]));
