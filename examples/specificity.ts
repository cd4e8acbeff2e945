/** A metric for facecls: the share of the noes that were found. It is in metrics.json, log, report and command line from then on. */
import { registerMetric } from 'torchts/facecls';

registerMetric({
  key: 'specificity',
  mean: 'meanSpecificity',
  label: 'specificity',
  digits: 1,
  hint: 'Share of the noes that were found',
  of: ({ tn, fp }) => (tn + fp > 0 ? tn / (tn + fp) : null),
});
