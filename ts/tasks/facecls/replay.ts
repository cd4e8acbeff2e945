import { type Replay, type ReplayOptions, replayRun } from '../../train/reproduce/replay';
import { resolveFaceConfig } from './config';
import { train } from './train';

/**
 * Trains a finished run again from its config.yaml, and says whether it ends with the same bits.
 * @param run the run folder
 */
export function replay(run: string, options: ReplayOptions = {}): Promise<Replay> {
  return replayRun(run, { resolve: resolveFaceConfig, train }, options);
}
