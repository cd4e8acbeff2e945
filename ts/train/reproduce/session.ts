/** Writes down what a session of a training runs under. */
import type { FitSettings } from '../fit-options';
import type { RunFolder } from '../run';
import { conditionsOf } from './conditions';
import { recordSession, type Session } from './run-file';

/** Adds the session that begins after `step` steps to run.json. */
export async function beginSession(
  run: RunFolder,
  { plan, dataset, model }: Pick<FitSettings<never>, 'plan' | 'dataset' | 'model'>,
  step: number,
): Promise<Session> {
  const conditions = await conditionsOf(model.parameters()[0]?.device ?? 'cpu', run.processes?.size);
  const session = { began: new Date().toISOString(), step, ...conditions };
  const score = { name: plan.score, mode: plan.mode };
  recordSession(run, { seed: plan.seed, score, dataset: dataset ?? null, sessions: [session] });
  return session;
}
