/** One rank of failures.test.ts. It prints `ready` when all are there, and then the error of a call that the others do not make. */
import { distributed as dist, full } from '../../ts';

const CALLS: Record<string, () => Promise<unknown>> = {
  allReduce: () => dist.allReduce(full([1000], 1)),
  recv: () => dist.recv(full([1], 0), 1),
  barrier: () => dist.barrier(),
  monitoredBarrier: () => dist.monitoredBarrier({ timeout: 1000, waitAllRanks: true }),
};

async function main(): Promise<void> {
  const [way, timeout] = [process.argv[2]!, Number(process.argv[3])];
  await dist.initProcessGroup({
    initMethod: process.env['INIT_METHOD']!,
    rank: Number(process.env['RANK']),
    worldSize: Number(process.env['WORLD_SIZE']),
    timeout,
  });
  await dist.barrier();
  console.log('ready');
  if (dist.getRank() !== 0) {
    // Stays until it is killed, or until nobody is there who would have stopped it.
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    process.exit(1);
  }
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const from = performance.now();
  try {
    await CALLS[way]!();
    console.log(JSON.stringify({ error: null }));
  } catch (error) {
    const { name, message } = error as Error;
    const code = (error as { code?: string }).code;
    console.log(JSON.stringify({ name, code, message, ms: performance.now() - from }));
  }
  // A group whose calls have failed must not hold up the end of the process.
  process.exit(0);
}

void main();
