/** Runs a sweep in a process that may be killed: `kill-program.ts <folder>` begins it or goes on with it. It prints a line a trial. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { sweep, type SweepOptions } from '../../../ts/train/sweep/sweep';

/** Twenty trials of a parabola, the later ones by the earlier ones. */
export function parabola(folder: string): SweepOptions {
  return {
    folder,
    parameters: { x: { min: -3, max: 3 }, scale: [1, 2, 4] },
    mode: 'min',
    method: 'tpe',
    trials: 20,
    startup: 5,
    seed: 7,
    run: async ({ x, scale }) => {
      await turn();
      return Number(scale) * (Number(x) - 1) ** 2;
    },
  };
}

if (require.main === module) {
  const folder = process.argv[2]!;
  const onEvent: SweepOptions['onEvent'] = ({ type }) => type === 'ended' && process.stdout.write('ended\n');
  void sweep({ ...parabola(folder), resume: existsSync(join(folder, 'sweep.yaml')), onEvent });
}
