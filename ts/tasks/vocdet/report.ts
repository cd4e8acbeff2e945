import type { MetricsEntry } from '../../train/metrics-logger';
import { type Chart, chart, sharePlot } from '../../train/report/curves';
import { Html, html } from '../../train/report/html';
import { facts, type ImageStrip, imageStrips, notesSection, renderPage, type Section } from '../../train/report/page';
import { type Cell, type Table, table } from '../../train/report/table';
import type { RunDescription } from '../describe-run';
import { attentionSection, errorSection, sizeSection } from './analysis-sections';
import { type DetectionMetric, detectionMetrics, type FullMetrics, valueOf } from './metrics-table';

/** One image with its detections. */
export interface Sample {
  /** The name of the image in its dataset. */
  readonly name: string;
  /** With the boxes that were found. */
  readonly jpeg: Uint8Array;
  /** The same with the boxes of what is there. @default none */
  readonly truth?: Uint8Array;
  readonly found: readonly {
    readonly name: string;
    readonly score: number;
    readonly verdict: 'right' | 'wrong' | 'ignored';
  }[];
  /** Classes of the objects that nothing found. */
  readonly missed: readonly string[];
}

export interface ReportInput extends RunDescription {
  readonly log: readonly MetricsEntry[];
  /** Null where the figures of a split could not be had. */
  readonly train: FullMetrics | null;
  readonly val: FullMetrics | null;
  readonly test: FullMetrics | null;
  /** Why figures are missing, or without some images. */
  readonly notes?: readonly string[];
  /** Images of the test split, chosen without looking at the detections. */
  readonly samples: readonly Sample[];
  /** Images of the test split with the most and surest mistakes, the worst first. */
  readonly mistakes: readonly Sample[];
  /** Where the decoder looked in some images of the test split. @default none */
  readonly attention?: readonly ImageStrip[];
}

/** report.html of a vocdet run. */
export function renderReport(input: ReportInput, metrics: readonly DetectionMetric[] = detectionMetrics): string {
  const { title, subtitle, log, test, notes } = input;
  return renderPage({
    title,
    subtitle,
    tiles: [
      { label: 'AP50, test', value: percent(test?.coco.AP50), note: test ? `${test.images} images` : 'no figures' },
      { label: 'AP, test', value: percent(test?.coco.AP), note: 'mean over overlaps 0.5 to 0.95' },
      { label: 'VOC 2012 mAP', value: percent(test?.voc12.mAP), note: 'area under the curve' },
      { label: 'VOC 2007 mAP', value: percent(test?.voc07.mAP), note: 'eleven points' },
    ],
    sections: [
      ...notesSection(notes ?? []),
      { title: 'Training', intro: 'Losses and average precision over optimizer steps.', body: lossCurves(log) },
      {
        title: 'Splits',
        intro:
          'The checkpoint with the best AP50 on the validation split, on all three splits; of the training split the first images.',
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
  test: FullMetrics,
  metrics: readonly DetectionMetric[],
  { samples, mistakes, attention = [] }: ReportInput,
): Section[] {
  return [
    {
      title: 'Classes on the test split',
      intro: `${difficultPolicy(test)} A click on a head sorts.`,
      body: table(classTable(test, metrics)),
    },
    {
      title: 'Precision and recall',
      intro:
        'At an overlap of one half, on the test split: of what is found so many are right, of what is there so much is found.',
      body: precisionCurves(test),
    },
    errorSection(test.errorTypes),
    sizeSection(test.bySize),
    {
      title: 'Samples',
      intro: 'Test images, picked evenly over the split: what is there, and what was found above a score of 0.5.',
      body: imageStrips(samples.map(sampleStrip)),
    },
    ...attentionSection(attention),
    {
      title: 'Worst mistakes',
      intro: 'The test images with the most and surest mistakes; now and then it is the annotation that is wrong.',
      body: imageStrips(mistakes.map(sampleStrip)),
    },
  ];
}

const terms = [
  { key: 'loss_ce', title: 'Classes (cross entropy)' },
  { key: 'loss_bbox', title: 'Boxes (L1 distance)' },
  { key: 'loss_giou', title: 'Boxes (generalized overlap)' },
] as const;

function lossCurves(log: readonly MetricsEntry[]): Html {
  const layers = auxiliaryLayers(log);
  const ofTerm = ({ key, title }: (typeof terms)[number]): Chart => ({
    title,
    curves: [
      ...layers.map((layer) => train(`decoder layer ${layer + 1}`, `${key}_${layer}`)),
      train(layers.length > 0 ? 'last layer' : 'train', key),
    ],
  });
  const charts: Chart[] = [
    { title: 'Loss', curves: [train('train', 'loss'), { label: 'val', kind: 'val', key: 'loss' }] },
    {
      title: 'Average precision, validation',
      share: true,
      curves: [val('AP50', 'AP50'), val('AP75', 'AP75'), val('AP', 'AP')],
    },
    ...terms.map(ofTerm),
    { title: 'Wrong class of matched queries, %', curves: [train('train', 'class_error')] },
    { title: 'Error of the number of objects', curves: [train('train', 'cardinality_error')] },
    { title: 'Learning rate', curves: [train('learning rate', 'lr')] },
    { title: 'Norm of the gradients', curves: [train('norm before clipping', 'gradNorm')] },
  ];
  return html`<div class="charts">${charts.map((item) => chart(item, log))}</div>`;
}

function train(label: string, key: string): Chart['curves'][number] {
  return { label, kind: 'train', key };
}

function val(label: string, key: string): Chart['curves'][number] {
  return { label, kind: 'val', key };
}

/** Decoder layers before the last that have losses of their own. */
function auxiliaryLayers(log: readonly MetricsEntry[]): number[] {
  const entry = log.find(({ kind }) => kind === 'train') ?? {};
  return Object.keys(entry)
    .flatMap((key) => /^loss_ce_(\d+)$/.exec(key)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function splitTable({ train, val, test }: ReportInput, metrics: readonly DetectionMetric[]): Table {
  const shown = metrics.filter(({ reported = true }) => reported);
  const row = (name: string, split: FullMetrics): Cell[] => [
    name,
    split.images,
    split.loss,
    ...shown.map((metric) => valueOf(metric, split)),
  ];
  return {
    columns: [
      { label: 'Split' },
      { label: 'Images' },
      { label: 'Loss', digits: 3 },
      ...shown.map(({ label, digits, hint }) => ({ label, digits, share: true, hint })),
    ],
    rows: Object.entries({ train, val, test }).flatMap(([name, split]) => (split ? [row(name, split)] : [])),
  };
}

function classTable(test: FullMetrics, metrics: readonly DetectionMetric[]): Table {
  const shown = metrics.flatMap((metric) => (metric.ofClass ? [{ metric, ofClass: metric.ofClass }] : []));
  return {
    columns: [{ label: 'Class' }, ...shown.map(({ metric: { label, digits } }) => ({ label, digits, share: true }))],
    rows: Object.keys(test.coco.perClass).map((name) => [name, ...shown.map(({ ofClass }) => ofClass(test, name))]),
    footer: ['Mean', ...shown.map(({ metric }) => valueOf(metric, test))],
  };
}

function precisionCurves({ curves }: FullMetrics): Html {
  const known = Object.entries(curves).filter(([, { precision }]) => precision.some((value) => value > 0));
  const charts = known.map(([name, { recall, precision }]) =>
    sharePlot({ title: name, x: { label: 'recall', values: recall }, y: { label: 'precision', values: precision } }),
  );
  return html`<div class="charts small">${charts}</div>`;
}

function difficultPolicy({ difficult }: FullMetrics): string {
  return difficult === 'ignore'
    ? 'Objects marked difficult are left out: finding one is neither right nor wrong.'
    : "Objects marked difficult count in COCO's figures, not in VOC's.";
}

/** What is there and what was found, side by side; what was right and what was missed. */
function sampleStrip({ name, jpeg, truth, found, missed }: Sample): ImageStrip {
  const marks = { right: '✓', wrong: '✗', ignored: '·' } as const;
  return {
    title: name,
    panels: [...(truth ? [{ jpeg: truth, title: 'annotated' }] : []), { jpeg, title: 'found' }],
    caption: html`<ul>
${found.map((item) => html`<li class="${item.verdict}">${marks[item.verdict]} ${item.name} ${percent(item.score, 0)}</li>`)}
${missed.map((item) => html`<li class="wrong">✗ ${item} (missed)</li>`)}
</ul>`,
  };
}

function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined ? '–' : `${(100 * share).toFixed(digits)}\u00a0%`;
}
