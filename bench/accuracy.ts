/** What precisions below float32 cost: the metrics of trained models on their test splits. The peer is the same in float32, uncompiled. */
import { join } from 'node:path';
import * as facecls from 'torchts/facecls';
import * as vocdet from 'torchts/vocdet';
import { TRAININGS, type Training } from './trainings';
import { takeTurns } from './worker-protocol';

const PRECISIONS = ['float32', 'bfloat16', 'int8'] as const;

/** In per cent, by their names. */
type Metrics = Readonly<Record<string, number>>;

async function metricsOf(run: string, { task }: Training, precision: (typeof PRECISIONS)[number]): Promise<Metrics> {
  const options = precision === 'float32' ? { compile: false } : { precision };
  if (task === 'facecls') {
    const { meanAccuracy, meanAveragePrecision } = await facecls.evaluate(run, options);
    return { accuracy: 100 * Number(meanAccuracy), mAP: 100 * Number(meanAveragePrecision) };
  }
  const { coco } = await vocdet.evaluate(run, options);
  return { AP: 100 * Number(coco.AP), AP50: 100 * Number(coco.AP50) };
}

void takeTurns(({ trained }) => {
  const measures: Record<string, () => Promise<number>> = {};
  for (const training of TRAININGS)
    for (const precision of PRECISIONS) {
      let metrics: Promise<Metrics> | undefined;
      for (const metric of training.metrics)
        measures[`${training.name}-${metric}-${precision}`] = async () =>
          (await (metrics ??= metricsOf(join(trained, training.name), training, precision)))[metric]!;
    }
  return { measures };
});
