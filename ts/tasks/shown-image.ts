import type { EvaluationLog } from '../train/tracking/tracker';

/** Shows an image in the log of an evaluation. One that cannot be drawn (its file is gone since the cache was made) ends no training: a text says why. */
export async function showOrSay(log: EvaluationLog, name: string, draw: () => Promise<Uint8Array>): Promise<void> {
  try {
    log.image(name, await draw());
  } catch (error) {
    log.text(name, `cannot be shown: ${(error as Error).message}`);
  }
}
