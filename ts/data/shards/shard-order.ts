/** The order in which a pass visits the samples of shards: near enough to random, and with few shards in use at a time. */
import { InputError } from '../../errors';
import { resolveOptions } from '../../options';
import type { Pass } from '../dataset';
import { Rng } from '../rng';
import { checkedCount, type SampleOrder } from '../samplers';

export interface ShardOrderOptions {
  /** Samples in a batch of all processes together. */
  readonly batchSize: number;
  /** How far samples are moved: each is at most about so many from where its shard would have it. 1 leaves them in order. @default 10 000 */
  readonly shuffleBuffer?: number;
  /**
   * The shards are dealt to so many streams, and each part of a batch is taken from one of them. Where their number is a multiple of
   * that of processes, each process reads shards of its own. Fewer where there are not so many shards, or they do not divide a batch.
   * @default 8
   */
  readonly streams?: number;
}

/** Below `SHUFFLE` of `samplers.ts`, and above all indices of samples. */
const SHARD_SHUFFLE = 0xfffffffe;

/**
 * Shuffles shards, and the samples of those that are in use together, as a function of seed and epoch alone: a run is resumed at any
 * batch, and the number of processes changes nothing.
 * @param counts samples of each shard, in the order of the dataset
 */
export function shardOrder(counts: readonly number[], options: ShardOrderOptions): SampleOrder {
  const { batchSize, shuffleBuffer, streams } = resolveOptions(
    'shardOrder',
    { batchSize: 0, shuffleBuffer: 10_000, streams: 8 } as Required<ShardOrderOptions>,
    options,
  );
  for (const [name, value] of Object.entries({ batchSize, shuffleBuffer, streams }))
    checkedCount('shardOrder', name, value);
  const starts = startsOf(counts);
  const used = largestDivisor(batchSize, Math.min(streams, Math.max(1, counts.length)));
  return (length, pass) => {
    if (length !== starts.at(-1))
      throw new InputError(
        `shardOrder: expected a dataset of ${starts.at(-1)} samples, as its shards have, found ${length}`,
      );
    return interleaved(dealtShards(counts, starts, used, shuffleBuffer, pass), batchSize, length);
  };
}

/** The first sample of each shard, and the end of the last. */
export function startsOf(counts: readonly number[]): number[] {
  let sum = 0;
  return [0, ...counts.map((count) => (sum += count))];
}

function largestDivisor(value: number, most: number): number {
  let divisor = Math.min(value, most);
  while (value % divisor !== 0) divisor--;
  return divisor;
}

/** The samples of each stream, in its order. */
function dealtShards(
  counts: readonly number[],
  starts: readonly number[],
  streams: number,
  shuffleBuffer: number,
  { seed, epoch }: Pass,
): Uint32Array[] {
  const rng = new Rng(seed, epoch, SHARD_SHUFFLE);
  const shards = Array.from({ length: streams }, (): number[] => []);
  const lengths = new Array<number>(streams).fill(0);
  for (const shard of rng.permutation(counts.length)) {
    const stream = lengths.indexOf(Math.min(...lengths));
    shards[stream]!.push(shard);
    lengths[stream]! += counts[shard]!;
  }
  const buffer = Math.max(1, Math.round(shuffleBuffer / streams));
  return shards.map((own, stream) => {
    const samples = new Uint32Array(lengths[stream]!);
    let filled = 0;
    for (const shard of own) for (let i = 0; i < counts[shard]!; i++) samples[filled++] = starts[shard]! + i;
    return shuffledNearby(samples, buffer, rng);
  });
}

/**
 * Puts each sample off by a random number below `buffer`. That is a shuffle buffer of the same size in which no sample stays for
 * longer, so that a shard is done with soon after its last sample was read; where the buffer holds all, it is any order.
 */
function shuffledNearby(samples: Uint32Array, buffer: number, rng: Rng): Uint32Array {
  if (buffer >= samples.length) return rng.permutation(samples.length).map((i) => samples[i]!);
  const due = samples.map((_, i) => i + rng.integer(buffer));
  const next = new Uint32Array(samples.length + buffer);
  for (const time of due) next[time]!++;
  let sum = 0;
  for (let time = 0; time < next.length; time++) {
    const count = next[time]!;
    next[time] = sum;
    sum += count;
  }
  const order = new Uint32Array(samples.length);
  for (let i = 0; i < samples.length; i++) order[next[due[i]!]!++] = samples[i]!;
  return order;
}

/** Fills each batch by the streams, an equal part of each; in place of a stream that has ended the longest one goes on. */
function interleaved(streams: readonly Uint32Array[], batchSize: number, length: number): Uint32Array {
  const order = new Uint32Array(length);
  const taken = new Array<number>(streams.length).fill(0);
  const left = (stream: number): number => streams[stream]!.length - taken[stream]!;
  for (let i = 0; i < length; i++) {
    let stream = Math.floor(((i % batchSize) * streams.length) / batchSize);
    if (left(stream) === 0)
      stream = streams.reduce((longest, _, other) => (left(other) > left(longest) ? other : longest), 0);
    order[i] = streams[stream]![taken[stream]!++]!;
  }
  return order;
}
