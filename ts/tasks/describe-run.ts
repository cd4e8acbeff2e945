import { stringify } from 'yaml';
import type { Module } from '../nn';
import * as torch from '../tensor';
import type { RunFolder } from '../train/run';
import { readState } from '../train/state';

/** What a task says of its run in the report. */
export interface RunSubject {
  readonly title: string;
  /** The kind of the model, with its article. */
  readonly kind: string;
  readonly model: Module;
  /** The checkpoint that training started from; null for random weights. */
  readonly from: string | null;
  /** Where the dataset lies. */
  readonly data: string;
  /** What the dataset holds. */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** The head of a report, the facts of the run and its configuration. */
export interface RunDescription {
  readonly title: string;
  /** What was trained on what. */
  readonly subtitle: string;
  /** By name. */
  readonly facts: Readonly<Record<string, string | number | null>>;
  /** config.yaml. */
  readonly configuration: string;
}

/** What a report says of a run beside its metrics. */
export function describeRun(run: RunFolder, { title, kind, model, from, data, facts }: RunSubject): RunDescription {
  const { step, seconds, best } = readState(run.checkpoint('last')).loop;
  const parameters = model.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0);
  return {
    title,
    subtitle: `${kind} with ${(parameters / 1e6).toFixed(1)} million parameters, from ${from ?? 'random weights'}, on ${data}.`,
    facts: {
      run: run.path,
      ...facts,
      parameters,
      'optimizer steps': step,
      'best checkpoint':
        best &&
        (best.step === 0 ? 'the start: training made nothing better' : `epoch ${best.epoch}, step ${best.step}`),
      'training time': `${(seconds / 60).toFixed(1)} minutes`,
      device: model.parameters()[0]!.device,
      libtorch: torch.version,
    },
    configuration: stringify(run.config),
  };
}
