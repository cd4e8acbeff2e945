/** How several processes divide the batches of a pass, which all of them know. */
import { InputError } from '../errors';

/** Which of how many processes. */
export interface Share {
  readonly rank: number;
  readonly worldSize: number;
}

/** @throws InputError unless there is such a process */
export function checkedShare(owner: string, rank: number, worldSize: number): Share {
  if (!Number.isInteger(worldSize) || worldSize < 1)
    throw new InputError(`${owner}: expected a whole number from 1 on for worldSize, found ${String(worldSize)}`);
  requireRank(owner, rank, worldSize);
  return { rank, worldSize };
}

/** @throws InputError unless it is the number of one of so many processes */
export function requireRank(owner: string, rank: number, worldSize: number): void {
  if (!Number.isInteger(rank) || rank < 0 || rank >= worldSize)
    throw new InputError(`${owner}: expected a rank from 0 to ${worldSize - 1}, found ${String(rank)}`);
}

/**
 * The samples of one process in each batch. The parts follow each other by rank, so that together they are the batch in its order; of a
 * batch that is not full they differ by one sample at most, and some may be empty.
 */
export function* partsOf(
  batches: Iterable<Uint32Array>,
  { rank, worldSize }: Share,
): Generator<Uint32Array, void, undefined> {
  for (const batch of batches) {
    const end = (parts: number): number => Math.ceil((parts * batch.length) / worldSize);
    yield batch.subarray(end(rank), end(rank + 1));
  }
}

/** Every `worldSize`-th batch, from the `rank`-th on. */
export function* dealt<Batch>(batches: Iterable<Batch>, { rank, worldSize }: Share): Generator<Batch, void, undefined> {
  let turn = 0;
  for (const batch of batches) if (turn++ % worldSize === rank) yield batch;
}

/** What was made of the batches that were dealt out, in their order; one list a process, by rank. */
export function gathered<Result>(lists: readonly (readonly Result[])[]): Result[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat();
}

/** @throws InputError unless equally many samples of a full batch come to each process */
export function requireEvenParts(batchSize: number, worldSize: number): void {
  if (batchSize % worldSize === 0) return;
  throw new InputError(
    `Expected a batchSize that ${worldSize} processes can divide evenly, found ${batchSize}: ` +
      'it counts the samples of all processes together; give a multiple of their number.',
  );
}
