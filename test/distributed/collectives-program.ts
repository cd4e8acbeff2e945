/** One rank of collectives.test.ts: makes every call once, and prints what came of it. */
import { distributed as dist, empty, full, nn, tensor, zeros, type Tensor } from '../../ts';

const TIMEOUT = 30_000;

/** What each call gives in this rank of two. */
async function calls(rank: number, other: number): Promise<Record<string, unknown>> {
  const own = (): Tensor => tensor([rank + 1, 10 * (rank + 1)]);
  const pair = (): Tensor[] => [zeros([2]), zeros([2])];
  const lists = (list: readonly Tensor[]): unknown => list.map((one) => one.toArray());
  const found: Record<string, unknown> = {};
  for (const op of ['sum', 'product', 'min', 'max'] as const) {
    const reduced = own();
    await dist.allReduce(reduced, { op });
    found[`allReduce ${op}`] = reduced.toArray();
  }
  const bits = tensor([rank === 0 ? 0b1100 : 0b1010], { dtype: 'int32' });
  await dist.allReduce(bits, { op: dist.ReduceOp.BXOR });
  found['allReduce bxor'] = bits.toArray();
  const complex = tensor([{ re: rank, im: 1 }]);
  await dist.allReduce(complex);
  found['allReduce complex'] = complex.toArray();

  const sent = own();
  await dist.broadcast(sent, 1);
  found['broadcast'] = sent.toArray();
  const several = [own(), own().mul(100), tensor([rank === 1]), tensor([{ re: rank, im: 1 }])];
  dist.broadcastCoalesced(several, 1, { bufferSize: 8 });
  found['broadcastCoalesced'] = lists(several);
  const reduced = own();
  await dist.reduce(reduced, 0);
  found['reduce'] = rank === 0 ? reduced.toArray() : null;

  const gathered = pair();
  await dist.allGather(gathered, own());
  found['allGather'] = lists(gathered);
  const joined = zeros([4]);
  await dist.allGatherIntoTensor(joined, own());
  found['allGatherIntoTensor'] = joined.toArray();
  const atOne = rank === 1 ? pair() : null;
  await dist.gather(own(), atOne, { dst: 1 });
  found['gather'] = atOne && lists(atOne);
  const scattered = zeros([2]);
  await dist.scatter(scattered, rank === 0 ? [tensor([1, 2]), tensor([3, 4])] : null);
  found['scatter'] = scattered.toArray();

  const part = zeros([2]);
  await dist.reduceScatter(part, [own(), own().mul(100)]);
  found['reduceScatter'] = part.toArray();
  const slice = zeros([1]);
  await dist.reduceScatterTensor(slice, own());
  found['reduceScatterTensor'] = slice.toArray();
  const swapped = pair();
  await dist.allToAll(swapped, [own(), own().neg()]);
  found['allToAll'] = lists(swapped);
  const rows = zeros([rank === 0 ? 2 : 4]);
  await dist.allToAllSingle(rows, full([3], rank + 1), {
    inputSplitSizes: [1, 2],
    outputSplitSizes: rank === 0 ? [1, 1] : [2, 2],
  });
  found['allToAllSingle'] = rows.toArray();

  const received = zeros([2]);
  // Both begin before either ends.
  const [, from] = await Promise.all([dist.isend(own(), other, { tag: 7 }), dist.irecv(received, other, { tag: 7 })]);
  found['isend, irecv'] = [from, received.toArray()];
  if (rank === 0) await dist.send(own(), 1);
  else found['recv from any'] = [await dist.recv(received), received.toArray()];
  await dist.barrier();
  await dist.monitoredBarrier({ timeout: TIMEOUT });

  found['allGatherObject'] = await dist.allGatherObject({
    rank,
    of: new Map([['x', rank]]).size,
    text: 'é'.repeat(rank),
  });
  found['gatherObject'] = await dist.gatherObject([rank], { dst: 1 });
  const objects: unknown[] = rank === 0 ? ['a', { b: 1 }, null] : [0, 0, 0];
  await dist.broadcastObjectList(objects);
  found['broadcastObjectList'] = objects;
  found['scatterObjectList'] = await dist.scatterObjectList(rank === 1 ? ['for 0', ['for', 1]] : null, { src: 1 });
  return found;
}

/** Groups of some ranks, and what is refused. */
async function groups(rank: number): Promise<Record<string, unknown>> {
  const [both, one] = [await dist.newGroup([1, 0]), await dist.newGroup([1])];
  const value = full([1], rank);
  await dist.allReduce(value, { group: both });
  const refusals: Record<string, string> = {};
  const refused = async (name: string, call: () => Promise<unknown>): Promise<void> => {
    try {
      await call();
      refusals[name] = 'nothing';
    } catch (error) {
      refusals[name] = `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const alone = full([1], 5);
  if (rank === 1) await dist.allReduce(alone, { group: one });
  else await refused('of another group', () => dist.allReduce(alone, { group: one }));
  await refused('a rank that is not there', () => dist.broadcast(value, 2));
  await refused('an average', () => dist.allReduce(value, { op: 'avg' }));
  await refused('no bytes for a message', async () => dist.broadcastCoalesced([value], 0, { bufferSize: 0 }));
  await refused('no tensor', async () => dist.broadcastCoalesced([value, 1 as unknown as Tensor], 0));
  await refused('a short list', () => dist.allGather([value], value));
  await refused('a misspelt option', () => dist.barrier({ timeot: 1 } as object));
  await refused('a second start', () => dist.initProcessGroup({ backend: 'gloo' }));
  await refused('a disposed tensor', () => {
    const gone = empty([1]);
    gone.dispose();
    return dist.allReduce(gone);
  });
  await refused('a view that is not contiguous', () => dist.allReduce(zeros([4, 4]).narrow(1, 0, 2)));
  await dist.destroyProcessGroup(both);
  await refused('of a destroyed group', () => dist.barrier({ group: both }));
  return {
    ranks: dist.getProcessGroupRanks(both),
    own: [dist.getRank(), dist.getRank(one), dist.getWorldSize(both), dist.getGlobalRank(one, 0)],
    sum: value.toArray(),
    refusals,
  };
}

/** Many calls that are not awaited one by one, while the event loop turns. */
async function overlap(): Promise<Record<string, unknown>> {
  const values = Array.from({ length: 50 }, (_, i) => full([1000], i));
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await Promise.all(values.map((value) => dist.allReduce(value)));
  const large = full([4_000_000], 1);
  await dist.allReduce(large);
  clearInterval(timer);
  return {
    sums: values.every((value, i) =>
      value
        .eq(2 * i)
        .all()
        .item(),
    ),
    large: large.max().item(),
    turned: turns > 0,
  };
}

/** A backward pass that waits for the other process, which is late, while the event loop turns. */
async function backward(rank: number): Promise<{ mean: unknown; turned: boolean }> {
  const model = new nn.parallel.DistributedDataParallel(new nn.Linear(4, 4));
  const loss = model.forward(full([1, 4], rank + 1)).sum();
  if (rank === 1) await new Promise((resolve) => setTimeout(resolve, 500));
  let turns = 0;
  const timer = setInterval(() => turns++, 10);
  await loss.backwardAsync();
  clearInterval(timer);
  return { mean: model.module.weight.grad!.mean().item(), turned: turns > 0 };
}

async function main(): Promise<void> {
  await dist.initProcessGroup({
    initMethod: process.env['INIT_METHOD']!,
    rank: Number(process.env['RANK']),
    worldSize: Number(process.env['WORLD_SIZE']),
    timeout: TIMEOUT,
  });
  const rank = dist.getRank();
  const found = {
    calls: await calls(rank, 1 - rank),
    groups: await groups(rank),
    overlap: await overlap(),
    backward: await backward(rank),
  };
  await dist.destroyProcessGroup();
  console.log(JSON.stringify({ ...found, initialized: dist.isInitialized() }));
}

void main();
