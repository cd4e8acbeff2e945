/** What elastic.test.ts starts: the last rank is killed in the first round; in the second all of them compute their sum. */
import { distributed as dist, full } from '../../ts';

async function main(): Promise<void> {
  const { RANK, WORLD_SIZE, GROUP_RANK, TORCHELASTIC_RESTART_COUNT: round } = process.env;
  if (round === '0' && Number(RANK) === Number(WORLD_SIZE) - 1) process.kill(process.pid, 'SIGKILL');
  await dist.initProcessGroup();
  const sum = full([1], dist.getRank() + 1);
  await dist.allReduce(sum);
  await dist.destroyProcessGroup();
  console.log(JSON.stringify({ sum: sum.item(), round, node: GROUP_RANK }));
}

void main();
