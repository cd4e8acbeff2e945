/**
 * Run by course.ts in a process of its own, so that nothing else takes or frees memory: does the steps of one loop and prints
 * what it saw. It prints samples until the loop ends, then what is left after a collection.
 *
 *     node --import tsx program.ts <loop> <steps | seconds> <how many>
 */
import * as torch from '../../ts/tensor';
import { LOOPS } from './loops';
import { watch } from './samples';

const [name = '', unit = '', count = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  torch.setNumThreads(1);
  torch.manualSeed(0);
  const step = LOOPS[name]!();
  const samples = await watch(step, unit === 'steps' ? { steps: Number(count) } : { seconds: Number(count) });
  torch.collectGarbage();
  console.log(JSON.stringify({ samples, left: torch.memory().tensors }));
}

void main();
