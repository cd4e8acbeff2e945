/** Trainings that are killed at random moments, and what they leave. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readState } from '../../ts/train/state';

export interface Kills {
  readonly run: string;
  readonly epochs: number;
  /** How many times the program is killed; fewer where it ends before. */
  readonly kills: number;
  /** It is killed within so many steps of each beginning, and some milliseconds. */
  readonly steps: number;
  /** A number from 0 to 1. */
  readonly random: () => number;
}

/** About the time of a step with its checkpoints. */
const LATEST_MS = 20;

export interface Killed {
  /** How often the program was killed. */
  readonly kills: number;
  /** How often of these it had made a step while a checkpoint was on its way to the disk. */
  readonly whileSaving: number;
}

/** Runs the program until it ends by itself. */
export async function trainKilled({ run, epochs, kills, steps, random }: Kills): Promise<Killed> {
  for (let killed = 0, whileSaving = 0; ; killed++) {
    const moment = { steps: 1 + Math.floor(random() * steps), ms: random() * LATEST_MS };
    const { signal, code, errors, isSaving } = await runOnce(run, epochs, killed < kills ? moment : undefined);
    if (isSaving) whileSaving++;
    if (signal === 'SIGKILL') continue;
    if (code !== 0) throw new Error(`the training failed after ${killed} kills: ${errors}`);
    return { kills: killed, whileSaving };
  }
}

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly errors: string;
  /** Whether the last that it did was a step beside a checkpoint. */
  readonly isSaving: boolean;
}

interface Moment {
  /** Steps after the beginning. */
  readonly steps: number;
  /** Milliseconds after these. */
  readonly ms: number;
}

function runOnce(run: string, epochs: number, moment: Moment | undefined): Promise<Ended> {
  const program = join(__dirname, 'kill-program.ts');
  const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), program, run, String(epochs)], {
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  let printed = 0;
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    const before = printed;
    output += data.toString();
    printed = output.split('step\n').length - 1;
    if (moment && before < moment.steps && printed >= moment.steps)
      void sleep(moment.ms).then(() => child.kill('SIGKILL'));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ signal, code, errors, isSaving: output.endsWith('saving\nstep\n') }));
  });
}

/** All that a run leaves and that does not name its own past, as text to compare. */
export function leftBy(run: string): Record<string, string> {
  const files: Record<string, string> = { 'metrics.jsonl': readFileSync(join(run, 'metrics.jsonl'), 'utf8') };
  for (const name of readdirSync(join(run, 'checkpoints')).sort()) {
    const folder = join(run, 'checkpoints', name);
    files[`${name}/state.json`] = JSON.stringify({ ...readState(folder), costs: null });
    for (const tensors of ['model', 'optimizer', 'ema'].map((file) => `${file}.safetensors`))
      if (existsSync(join(folder, tensors)))
        files[`${name}/${tensors}`] = readFileSync(join(folder, tensors)).toString('base64');
  }
  return files;
}
