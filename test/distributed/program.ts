/** What the programs that are one rank of a group have in common. */
import { createHash } from 'node:crypto';
import { arange, distributed as dist, sin, type Tensor } from '../../ts';

/** Joins the group that `startRanks` has made, and prints what `body` found, once all have left. */
export async function asRank(body: (rank: number) => object | Promise<object>): Promise<void> {
  const rank = Number(process.env['RANK']);
  await dist.initProcessGroup('gloo', {
    initMethod: process.env['INIT_METHOD']!,
    rank,
    worldSize: Number(process.env['WORLD_SIZE']),
    timeout: 60_000,
  });
  const found = await body(rank);
  await dist.destroyProcessGroup();
  console.log(JSON.stringify(found));
}

/** Numbers that both languages have the bits of. */
export function numbers(shape: readonly number[], seed: number): Tensor {
  return waves(shape, seed).to('float32');
}

/** The same in float64, as they are computed. */
export function waves(shape: readonly number[], seed: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return sin(arange(count, { dtype: 'float64' }).mul(0.37).add(seed)).reshape([...shape]);
}

/** A digest of the bits of tensors of float32. */
export function bits(tensors: readonly Tensor[]): string {
  const hash = createHash('sha256');
  for (const tensor of tensors)
    hash.update(Buffer.from((tensor.detach().contiguous().view('int32').data() as Int32Array).buffer));
  return hash.digest('hex');
}
