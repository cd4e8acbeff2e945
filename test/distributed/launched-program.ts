/** What launch.test.ts starts: says who it is, and what all of them are together. */
import { distributed as dist, full } from '../../ts';

async function main(): Promise<void> {
  await dist.initProcessGroup();
  const rank = dist.getRank();
  const sum = full([1], rank + 1);
  await dist.allReduce(sum);
  const found = {
    sum: sum.item(),
    rank,
    local: process.env['LOCAL_RANK'],
    world: dist.getWorldSize(),
    args: process.argv.slice(2),
  };
  await dist.destroyProcessGroup();
  console.log(JSON.stringify(found));
}

void main();
