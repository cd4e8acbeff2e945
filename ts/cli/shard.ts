import type { Command } from 'commander';
import { type Listener, withBar } from '../native/listener';
import type { ShardingOptions } from '../tasks/shards';
import { nonNegativeInteger, positiveInteger } from './arguments';
import { print } from './output';
import { ensureReady } from './setup';
import { terminal } from './terminal';

/** Writes a dataset as shards, and gives how many images each split has. */
export type Sharding<Flags> = (
  flags: Flags & { readonly data?: string },
  out: string,
  listener: Listener,
  options: ShardingOptions,
) => Promise<Readonly<Record<string, number>>>;

/** What `<task> data shard` needs to know of its task. */
export interface ShardCommand<Flags> {
  readonly description: string;
  /** What `--data` takes. */
  readonly dataHint: string;
  /** Loads the task, which needs the addon. */
  readonly load: () => Sharding<Flags>;
}

interface ShardFlags {
  readonly out: string;
  readonly shardSize: number;
  readonly seed: number;
  readonly keepOrder?: boolean;
}

const MB = 1e6;

/** Adds `shard` to `data`. Options that a task adds to it go to its sharding by their names. */
export function addShard<Flags>(data: Command, { description, dataHint, load }: ShardCommand<Flags>): Command {
  return data
    .command('shard')
    .description(description)
    .option('--data <folder>', dataHint)
    .requiredOption('--out <folder>', 'where the shards go; absent or empty')
    .option('--shard-size <MB>', 'the most megabytes of a shard', positiveInteger, 64)
    .option('--seed <n>', 'of the order in which the images of a split are written', nonNegativeInteger, 0)
    .option('--keep-order', 'write them in the order of the dataset instead')
    .action(async ({ out, shardSize, seed, keepOrder, ...flags }: ShardFlags & Flags & { readonly data?: string }) => {
      await ensureReady();
      const shard = load();
      const counts = await withBar(
        terminal,
        'writing shards',
        (bar) => {
          const onProgress = (done: number, all: number) => bar.update(done, all);
          const options = { maxBytes: shardSize * MB, seed: keepOrder ? null : seed, onProgress };
          return shard(flags as Flags & { readonly data?: string }, out, terminal, options);
        },
        'steps',
      );
      const listed = Object.entries(counts).map(([split, count]) => `${count} in ${split}`);
      print(`${out}: ${listed.join(', ')}`);
    });
}
