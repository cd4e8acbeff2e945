import { chart } from '../../train/report/curves';
import { Html, html } from '../../train/report/html';
import {
  type CaptionedImage,
  facts,
  imageGrid,
  type ImageStrip,
  notesSection,
  renderPage,
  type Section,
} from '../../train/report/page';
import { type Cell, meanRow, type Table, table } from '../../train/report/table';
import type { MetricsEntry } from '../../train/metrics-logger';
import type { RunDescription } from '../describe-run';
import type { FaceAnalysis } from './analysis';
import { analysisSections, attentionSection } from './analysis/sections';
import type { Prediction } from './predictions';
import {
  type AttributeMetric,
  attributeMetrics,
  type AttributeMetrics,
  metricAt,
  metricsWithMean,
  type SplitMetrics,
} from './metrics';

/** One image with the answers of the model. */
export interface Sample {
  /** The name of the image in its dataset. */
  readonly name: string;
  readonly jpeg: Uint8Array;
  readonly predictions: readonly Prediction[];
}

export interface ReportInput extends RunDescription {
  readonly log: readonly MetricsEntry[];
  /** Null where the figures of a split could not be had. */
  readonly train: SplitMetrics | null;
  readonly val: SplitMetrics | null;
  readonly test: SplitMetrics | null;
  /** What lies behind the metrics of the test split. @default none */
  readonly analysis?: FaceAnalysis;
  /** Where the model looked in some images of the test split. @default none */
  readonly attention?: readonly ImageStrip[];
  /** Why figures are missing, or without some images. */
  readonly notes?: readonly string[];
  /** Images of the test split, chosen without looking at the answers. */
  readonly samples: readonly Sample[];
  /** Images of the test split with the surest wrong answers, the worst first. */
  readonly mistakes: readonly Sample[];
}

/** report.html of a facecls run. */
export function renderReport(input: ReportInput, metrics: readonly AttributeMetric[] = attributeMetrics): string {
  const { title, subtitle, log, test, notes } = input;
  return renderPage({
    title,
    subtitle,
    tiles: [
      {
        label: 'Mean accuracy, test',
        value: percent(test?.meanAccuracy),
        note: test ? `${test.images} images` : 'no figures',
      },
      { label: 'Majority baseline', value: percent(test?.majorityBaseline), note: 'the frequent answer always' },
      { label: 'Balanced accuracy', value: percent(test?.meanBalancedAccuracy), note: 'mean of both recalls' },
      { label: 'Average precision', value: percent(test?.meanAveragePrecision), note: 'mean over attributes' },
    ],
    sections: [
      ...notesSection(notes ?? []),
      { title: 'Training', intro: 'Loss and accuracy over optimizer steps.', body: curves(log) },
      {
        title: 'Splits',
        intro:
          'The checkpoint with the best validation accuracy, on all three splits; the test split took no part in any choice.',
        body: table(splitTable(input, metrics)),
      },
      ...(test ? testSections(test, metrics, input) : []),
      {
        title: 'Run',
        body: html`${facts(input.facts)}<details><summary>Configuration</summary><pre>${input.configuration}</pre></details>`,
      },
    ],
  });
}

/** What the test split shows. */
function testSections(
  test: SplitMetrics,
  metrics: readonly AttributeMetric[],
  { samples, mistakes, analysis, attention = [] }: ReportInput,
): Section[] {
  return [
    {
      title: 'Attributes on the test split',
      intro:
        'The baseline answers always what is more frequent in the training split, so an accuracy near it means that ' +
        'nothing was learnt. A click on a head sorts.',
      body: table(attributeTable(test, metrics)),
    },
    ...(analysis ? analysisSections(analysis) : []),
    {
      title: 'Samples',
      intro: 'Test images, picked evenly over the split.',
      body: imageGrid(samples.map(sampleImage)),
    },
    ...attentionSection(attention),
    {
      title: 'Worst mistakes',
      intro:
        'The test images whose wrong answers were given with the most confidence; now and then it is the label that is wrong.',
      body: imageGrid(mistakes.map(sampleImage)),
    },
  ];
}

function curves(log: readonly MetricsEntry[]): Html {
  const charts = [
    {
      title: 'Loss',
      curves: [
        { label: 'train', kind: 'train', key: 'loss' },
        { label: 'val', kind: 'val', key: 'loss' },
      ],
    },
    {
      title: 'Validation accuracy',
      share: true,
      curves: [
        { label: 'mean accuracy', kind: 'val', key: 'meanAccuracy' },
        { label: 'majority baseline', kind: 'val', key: 'majorityBaseline' },
      ],
    },
    { title: 'Learning rate', curves: [{ label: 'learning rate', kind: 'train', key: 'lr' }] },
    { title: 'Norm of the gradients', curves: [{ label: 'norm before clipping', kind: 'train', key: 'gradNorm' }] },
  ] as const;
  return html`<div class="charts">${charts.map((item) => chart(item, log))}</div>`;
}

function splitTable({ train, val, test }: ReportInput, metrics: readonly AttributeMetric[]): Table {
  const means = metricsWithMean(metrics);
  const row = (name: string, split: SplitMetrics): Cell[] => [
    name,
    split.images,
    split.loss,
    ...means.map(({ mean }) => metricAt(split, mean)),
  ];
  return {
    columns: [
      { label: 'Split' },
      { label: 'Images' },
      { label: 'Loss', digits: 4 },
      ...means.map(({ label, digits }) => ({ label: percentHead(label), digits: digits + 1, share: true })),
    ],
    rows: Object.entries({ train, val, test }).flatMap(([name, split]) => (split ? [row(name, split)] : [])),
  };
}

/** A column of the table of attributes, and what stands in it. */
interface AttributeColumn {
  readonly column: Table['columns'][number];
  readonly of: (item: AttributeMetrics) => Cell;
}

function attributeTable({ perAttribute, images }: SplitMetrics, metrics: readonly AttributeMetric[]): Table {
  const support: AttributeColumn = {
    column: { label: 'Support', hint: 'Test images that have the attribute' },
    of: ({ positives }) => Math.round(positives * images),
  };
  const gain: AttributeColumn = {
    column: { label: 'Gain', digits: 3, hint: 'Accuracy above the baseline, as a share' },
    of: ({ accuracy, majorityBaseline }) => accuracy - majorityBaseline,
  };
  const columns = metrics.flatMap(({ key, label, digits, hint }): AttributeColumn[] => {
    const own = {
      column: { label: percentHead(label), digits, share: true, hint },
      of: (item: AttributeMetrics) => metricAt(item, key),
    };
    return key === 'accuracy' ? [own, gain] : [own];
  });
  const all = [support, ...columns];
  const rows = perAttribute.map((item) => [item.name.replaceAll('_', ' '), ...all.map(({ of }) => of(item))]);
  return { columns: [{ label: 'Attribute' }, ...all.map(({ column }) => column)], rows, footer: meanRow(rows) };
}

/** `Accuracy %`. */
function percentHead(label: string): string {
  return `${label[0]!.toUpperCase()}${label.slice(1)} %`;
}

/** The right yeses, the misses and the false alarms; the right noes would be most of the text. */
function sampleImage({ name, jpeg, predictions }: Sample): CaptionedImage {
  const right = predictions.filter(({ label, probability }) => label && probability >= 0.5);
  const wrong = predictions.filter(({ label, probability }) => label !== probability >= 0.5);
  return {
    jpeg,
    title: name,
    caption: html`<ul>
${right.map((prediction) => line('right', '✓', prediction, ''))}
${wrong.map((prediction) => line('wrong', '✗', prediction, prediction.label ? ' (missed)' : ' (not there)'))}
</ul>`,
  };
}

function line(kind: 'right' | 'wrong', mark: string, { attribute, probability }: Prediction, note: string): Html {
  return html`<li class="${kind}">${mark} ${attribute.replaceAll('_', ' ')} ${percent(probability, 0)}${note}</li>`;
}

function percent(share: number | null | undefined, digits = 2): string {
  return share === null || share === undefined ? '–' : `${(100 * share).toFixed(digits)}\u00a0%`;
}
