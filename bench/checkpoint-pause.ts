/** How long a training waits between two steps, with a checkpoint there or without. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type nn, optim, type torch } from 'torchts';
import { fit } from 'torchts/train';

/** The step that the checkpoint is taken after, and how many there are: the first step makes what the optimizer keeps. */
const SAVED = 2;
const STEPS = 3;

/** Ends a training without a checkpoint more. */
class Enough extends Error {}

/** What trains: the same loss again and again. */
export interface Paused {
  readonly model: nn.Module;
  readonly loss: () => torch.Tensor;
}

/** Seconds from the end of a step of `fit` under AdamW to the begin of the next one. */
export async function pauseBetweenSteps(
  { model, loss }: Paused,
  { isSaved, asyncCheckpoint = true }: { readonly isSaved: boolean; readonly asyncCheckpoint?: boolean },
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'torchts-checkpoint-'));
  let [step, ended, waited] = [0, 0, 0];
  try {
    await fit({
      run: join(folder, 'run'),
      model,
      optimizer: new optim.AdamW(model.parameters(), { lr: 1e-6 }),
      data: {
        batches: STEPS,
        epoch: async function* () {
          for (let i = 0; i < STEPS; i++) yield i;
        },
      },
      loss: () => {
        if (step === SAVED) waited = (performance.now() - ended) / 1000;
        return loss();
      },
      epochs: 1,
      count: () => 1,
      checkpointMinutes: 0,
      checkpointSteps: isSaved ? SAVED : 0,
      asyncCheckpoint,
      onEvent: (event) => {
        if (event.type !== 'step') return;
        ({ step } = event);
        ended = performance.now();
        if (step === STEPS) throw new Enough();
      },
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return waited;
}
