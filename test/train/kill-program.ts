/**
 * Trains the toy in a process that may be killed: `kill-program.ts <run> <epochs>` begins the run or goes on with it. It saves after
 * every step and evaluates after every other, so that a kill at random mostly meets one of these. It prints a line a step.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RunFolder } from '../../ts/train/run';
import { toy } from './toy';

async function train(path: string, epochs: number): Promise<void> {
  // So that the files of two runs have the same bytes.
  performance.now = () => 0;
  const run = existsSync(join(path, 'config.yaml')) ? RunFolder.reopen(path) : RunFolder.create(path, { epochs });
  const { trainer } = toy(run, {
    fit: {
      epochs,
      logSteps: 1,
      checkpointSteps: 1,
      evaluateSteps: 2,
      ema: 0.9,
      keep: 2,
      precision: 'bfloat16',
      schedule: { kind: 'ExponentialLR', gamma: 0.999 },
      onEvent: ({ type }) => {
        if (type === 'step') process.stdout.write('step\n');
        if (type === 'checkpoint') process.stdout.write('saved\n');
      },
      tracking: { trackers: [{ name: 'line', checkpoint: () => void process.stdout.write('saving\n') }] },
    },
  });
  await trainer.fit();
  run.release();
}

if (require.main === module) void train(process.argv[2]!, Number(process.argv[3]));
