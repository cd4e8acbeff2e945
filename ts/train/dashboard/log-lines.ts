/** What happens in a training, as lines of a log. */
import type { MetricsEntry } from '../metrics-logger';
import type { Metrics, TrainEvent } from '../types';
import type { LogLine } from './protocol';

type Line = Omit<LogLine, 'time'>;

/** The line for an event; undefined for one that has none. */
export function lineOf(event: TrainEvent): Line | undefined {
  switch (event.type) {
    case 'begin':
      return {
        level: 'info',
        text:
          event.step === 0
            ? `training begins: ${event.steps} steps`
            : `training goes on after step ${event.step} of ${event.steps}`,
      };
    case 'evaluated':
      return evaluationLine(event);
    case 'checkpoint':
      return { level: 'info', text: `checkpoint of step ${event.step} saved` };
    case 'damaged':
    case 'warning':
      return { level: 'warning', text: event.message };
    case 'control':
      return { level: 'info', text: event.message };
    case 'end':
      return { level: event.outcome === 'interrupted' ? 'warning' : 'good', text: `training ended: ${event.outcome}` };
    default:
      return undefined;
  }
}

/** The line for an evaluation. */
export function evaluationLine({
  epoch,
  step,
  metrics,
  best,
}: {
  readonly epoch: number;
  readonly step: number;
  readonly metrics: Metrics;
  readonly best: boolean;
}): Line {
  const values = Object.entries(metrics).map(([name, value]) => `${name} ${value === null ? '–' : value.toFixed(4)}`);
  const text = `epoch ${epoch}, step ${step}: ${values.join(', ')}${best ? ' (best so far)' : ''}`;
  return { level: best ? 'good' : 'info', text };
}

/** The metrics of a line of metrics.jsonl. */
export function metricsOf({ kind: _, epoch: __, step: ___, seconds: ____, ...values }: MetricsEntry): Metrics {
  const numbers = Object.entries(values).filter(([, value]) => value === null || typeof value === 'number');
  return Object.fromEntries(numbers) as Metrics;
}
