import type { LearningRateRange } from '../find-learning-rate';
import { linePlot } from './curves';
import { renderPage } from './page';

/** The curve of a learning-rate range test as a page of HTML that needs nothing but itself. */
export function renderLearningRates({ lr, curve }: LearningRateRange): string {
  const shown = curve.filter(({ loss }) => Number.isFinite(loss));
  return renderPage({
    title: 'Learning rates',
    subtitle: 'A range test: one step at each rate.',
    tiles: [
      {
        label: 'Steepest fall',
        value: lr === null ? '–' : lr.toPrecision(2),
        note: lr === null ? 'the test ended too early' : `10^${Math.log10(lr).toFixed(2)}`,
      },
      { label: 'Steps', value: String(curve.length) },
    ],
    sections: [
      {
        title: 'Loss',
        intro: 'Smoothed; a rate somewhat below that of the steepest fall is a usual choice.',
        body: linePlot({
          title: 'Loss over the learning rate',
          x: { label: 'log10 of the learning rate', values: shown.map((point) => Math.log10(point.lr)) },
          y: { label: 'loss', values: shown.map(({ loss }) => loss) },
        }),
      },
    ],
  });
}
