/** One rank of mixed.test.ts in Node: the same calls and trainings as python_rank.py, and prints what came of them. */
import { arange, distributed as dist, empty, full, sin, stack, tensor } from '../../ts';
import { trainings as hooks } from './comm-hooks-program';
import { trainings as ddp } from './ddp-program';
import { asRank } from './program';

async function exchange(rank: number): Promise<object> {
  const size = dist.getWorldSize();
  const values = sin(arange(10_000, { dtype: 'float64' }).mul(rank + 1)).to('float32');
  const found: Record<string, unknown> = {};
  const reduced = values.clone();
  await dist.allReduce(reduced);
  found['all_reduce'] = reduced.view('int32').toArray();
  const gathered = Array.from({ length: size }, () => empty([3]));
  await dist.allGather(gathered, values.narrow(0, 1, 3).clone());
  found['all_gather'] = stack(gathered).view('int32').toArray();
  const sent = full([4], rank, { dtype: 'int64' });
  await dist.broadcast(sent, 1);
  found['broadcast'] = Array.from(sent.data() as BigInt64Array, Number);
  const half = full([2], rank + 0.5, { dtype: 'float16' });
  await dist.allReduce(half, { op: dist.ReduceOp.MAX });
  found['float16'] = half.toArray();
  const group = await dist.newGroup([0, 1]);
  const swapped = empty([2]);
  await dist.allToAllSingle(swapped, tensor([10 * rank, 10 * rank + 1]), { group });
  found['all_to_all_single'] = swapped.toArray();
  if (rank === 0) await dist.send(tensor([1.5, 2.5]), 1, { tag: 3 });
  else {
    const received = empty([2]);
    await dist.recv(received, 0, { tag: 3 });
    found['recv'] = received.toArray();
  }
  await dist.barrier();
  await dist.monitoredBarrier({ timeout: 30_000 });
  return found;
}

void asRank(async (rank) => ({ calls: await exchange(rank), ddp: await ddp(rank), hooks: hooks(rank) }));
