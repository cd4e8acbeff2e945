/** The sections of the report that show an analysis. */
import { barChart, matrix, reliabilityDiagram } from '../../../train/report/diagrams';
import { type Html, html } from '../../../train/report/html';
import { imageStrips, type ImageStrip, type Section } from '../../../train/report/page';
import { type Cell, type Column, meanRow, table } from '../../../train/report/table';
import type { FaceAnalysis } from './index';
import type { AttributeCalibration, Calibration } from './calibration';
import { coErrorPairs, confusedPairs, type CoErrors } from './co-errors';
import type { Slices, SliceSummary } from './slices';

/** Reliability diagrams beside that of all attributes. */
const DIAGRAMS = 5;
/** Rows of a list of pairs. */
const PAIRS = 15;

/** Calibration, thresholds, errors that go together, slices. */
export function analysisSections({ calibration, thresholds, coErrors, slices }: FaceAnalysis): Section[] {
  return [
    calibrationSection(calibration),
    thresholdSection(thresholds),
    coErrorSection(coErrors),
    sliceSection(slices),
  ];
}

/** Where the model looked in some images; no section without any. */
export function attentionSection(strips: readonly ImageStrip[]): Section[] {
  if (strips.length === 0) return [];
  const intro =
    'What has reached the class token of each part of the image, whatever the attribute (attention rollout), and what spoke for the ' +
    'surest yeses. Light is much, dark is little.';
  return [{ title: 'Attention', intro, body: imageStrips(strips) }];
}

function calibrationSection({ all, meanError, meanBrier, perAttribute }: Calibration): Section {
  const attributes = Object.entries(perAttribute);
  const worst = [...attributes].sort(([, a], [, b]) => b.error - a.error).slice(0, DIAGRAMS);
  const diagrams = [
    reliabilityDiagram('All attributes', all.bins),
    ...worst.map(([name, { error, bins }]) => reliabilityDiagram(`${readable(name)}, ECE ${percent(error)}`, bins)),
  ];
  const rows = attributes.map(([name, attribute]): Cell[] => {
    const [stated, observed] = meansOf(attribute);
    return [readable(name), attribute.error, attribute.brier, stated, observed, 100 * (stated - observed)];
  });
  const columns: Column[] = [
    { label: 'Attribute' },
    share('ECE %', 'Mean distance of stated probability and observed frequency, each bin as heavy as it is full'),
    { label: 'Brier', digits: 4, hint: 'Mean squared distance of the probability from what is there: 0 is best' },
    share('Stated %', 'Mean probability of a yes'),
    share('Observed %', 'Share of the images that have the attribute'),
    { label: 'Difference', digits: 1, hint: 'Stated less observed, in percentage points' },
  ];
  return {
    title: 'Calibration',
    intro:
      'Of the answers with a stated probability of 80 %, 80 % should be right: bars that end at the diagonal. Ten bins of equal width ' +
      'for the probability of a yes: the line is what was observed, red its distance from what was stated, the strip below how full they ' +
      'are. All attributes together, then those with the ' +
      `largest expected calibration error (ECE). Its mean over the attributes is ${percent(meanError)}, that of the Brier scores ${meanBrier.toFixed(4)}.`,
    body: html`<div class="diagrams">${diagrams}</div>
<details><summary>Calibration by attribute</summary>${table({ columns, rows, footer: meanRow(rows) })}</details>`,
  };
}

/** Mean probability and frequency over all bins. */
function meansOf({ bins }: AttributeCalibration): [stated: number, observed: number] {
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  const mean = (of: 'probability' | 'frequency') =>
    bins.reduce((sum, bin) => sum + bin.count * (bin[of] ?? 0), 0) / all;
  return [mean('probability'), mean('frequency')];
}

function thresholdSection(thresholds: FaceAnalysis['thresholds']): Section {
  const isTuned = Object.values(thresholds).some(({ tuned }) => tuned !== null);
  const rows = Object.entries(thresholds).map(([name, { half, tuned }]): Cell[] => [
    readable(name),
    half.precision,
    half.recall,
    half.f1,
    ...(isTuned ? [tuned?.threshold ?? null, tuned?.precision ?? null, tuned?.recall ?? null, tuned?.f1 ?? null] : []),
    ...(isTuned ? [tuned ? 100 * (tuned.f1 - half.f1) : null] : []),
  ]);
  const [precision, recall, f1] = [
    share('Precision %', 'Of the yeses so many are right'),
    share('Recall %', 'Of the images with the attribute so many are found'),
    share('F1 %', 'Harmonic mean of the two'),
  ];
  const at = (where: string, column: Column) => ({
    ...column,
    label: `${column.label.replace(' %', '')} ${where}\u00a0%`,
  });
  const columns = [
    { label: 'Attribute' },
    ...[precision, recall, f1].map((column) => at('at ½', column)),
    ...(isTuned
      ? [
          {
            label: 'Threshold',
            digits: 3,
            hint: 'Least probability of a yes, with the highest F1 on the validation split',
          },
          ...[precision, recall, f1].map((column) => at('tuned', column)),
          { label: 'F1 gain', digits: 1, hint: 'Tuned less at one half, in percentage points' },
        ]
      : []),
  ];
  return {
    title: 'Thresholds',
    intro: isTuned
      ? 'Precision and recall on the test split, with a yes from a probability of one half, and from the one that has the highest F1 ' +
        'on the validation split: predict goes by the latter.'
      : 'Precision and recall on the test split, with a yes from a probability of one half.',
    body: table({ columns, rows, footer: meanRow(rows) }),
  };
}

function coErrorSection(errors: CoErrors): Section {
  const confused = confusedPairs(errors).slice(0, PAIRS);
  const together = coErrorPairs(errors).slice(0, PAIRS);
  return {
    title: 'Errors of pairs',
    intro:
      'What is taken for what: attributes that are claimed falsely on the images where another is missed, more often than elsewhere. ' +
      'And which errors go together: the correlation (phi) of being wrong, from -1 to 1; near 0 they are independent.',
    body: html`<h3>Taken for each other</h3>
${confused.length > 0 ? confusedTable(confused) : html`<p>No attribute is claimed where another is missed, five times or more.</p>`}
<h3>Wrong together</h3>
${together.length > 0 ? togetherTable(together) : html`<p>No two attributes are wrong on the same image, five times or more.</p>`}
<details><summary>Correlation of the errors of all pairs</summary>${matrix({
      title: 'Correlation of errors, in per cent',
      names: errors.attributes.map(readable),
      values: errors.correlation.map((row, i) => row.map((value, j) => (i === j ? null : value))),
    })}</details>`,
  };
}

function confusedTable(pairs: ReturnType<typeof confusedPairs>): Html {
  return table({
    columns: [
      { label: 'Missed' },
      { label: 'Claimed' },
      { label: 'Images', hint: 'Where the one is missed and the other claimed' },
      share('Of the missed %', 'Of the images where the one is missed, the other is claimed in so many'),
      share('Elsewhere %', 'Of all other images, the other is claimed falsely in so many'),
    ],
    rows: pairs.map(({ missed, claimed, images, share: of, otherwise }) => [
      readable(missed),
      readable(claimed),
      images,
      of,
      otherwise,
    ]),
  });
}

function togetherTable(pairs: ReturnType<typeof coErrorPairs>): Html {
  return table({
    columns: [
      { label: 'Wrong' },
      { label: 'Wrong too' },
      { label: 'Images', hint: 'In which both are wrong' },
      { label: 'By chance', digits: 1, hint: 'As many there would be, were the errors independent' },
      { label: 'Correlation', digits: 2, hint: 'Phi coefficient of the two errors' },
    ],
    rows: pairs.map(({ attributes: [one, other], both, expected, correlation }) => [
      readable(one),
      readable(other),
      both,
      expected,
      correlation,
    ]),
  });
}

function sliceSection({ summaries, gaps, compared }: Slices): Section {
  const known = summaries.filter(({ gap }) => gap !== null);
  return {
    title: 'Slices',
    intro:
      'The images with an attribute against those without it. Balanced accuracy is the mean of the recalls of yes and no, which ' +
      `does not depend on how frequent an attribute is. Of ${compared} pairs with ten images or more for each recall, those whose gap is the ` +
      'furthest beyond its margin of 95 %; one in twenty is beyond it by chance.',
    body: html`<h3>Largest gaps, in percentage points</h3>
${gapChart(gaps)}
<details><summary>All gaps beyond their margins</summary>${gapTable(gaps)}</details>
<h3>Means over attributes</h3>
${known.length > 0 ? sliceTable(known) : html`<p>No attribute divides the images.</p>`}`,
  };
}

function gapChart(gaps: Slices['gaps']): Html {
  if (gaps.length === 0) return html`<p>No gap is beyond its margin.</p>`;
  const bars = gaps.slice(0, 8).map(({ slice, attribute, yes, no, gap, margin }) => ({
    label: `${readable(attribute)}, by ${readable(slice)}`,
    note: `${percent(yes)} with, ${percent(no)} without`,
    value: Math.abs(gap),
    text: `${signed(100 * gap)} ± ${(100 * margin).toFixed(1)}`,
  }));
  return barChart(bars);
}

function sliceTable(summaries: readonly SliceSummary[]): Html {
  return table({
    columns: [
      { label: 'Slice' },
      { label: 'With', hint: 'Images that have the attribute' },
      { label: 'Without', hint: 'Images that lack it' },
      share('Balanced with %', 'Mean balanced accuracy of the attributes that are compared'),
      share('Balanced without %', 'Mean balanced accuracy of the attributes that are compared'),
      { label: 'Gap', digits: 1, hint: 'With less without, in percentage points' },
      { label: 'Attributes', hint: 'That have ten images or more for each recall, with and without' },
    ],
    rows: summaries.map(({ slice, compared, yes, no, gap }) => [
      readable(slice),
      yes.images,
      no.images,
      yes.balancedAccuracy,
      no.balancedAccuracy,
      gap === null ? null : 100 * gap,
      compared,
    ]),
  });
}

function gapTable(gaps: Slices['gaps']): Html {
  return table({
    columns: [
      { label: 'Slice' },
      { label: 'Attribute' },
      share('With %', 'Balanced accuracy on the images that have the first'),
      share('Without %', 'Balanced accuracy on the images that lack it'),
      { label: 'Gap', digits: 1, hint: 'In percentage points' },
      { label: 'Margin', digits: 1, hint: 'Half the width of the interval of 95 %' },
    ],
    rows: gaps.map(({ slice, attribute, yes, no, gap, margin }) => [
      readable(slice),
      readable(attribute),
      yes,
      no,
      100 * gap,
      100 * margin,
    ]),
  });
}

function share(label: string, hint: string): Column {
  return { label, hint, digits: 1, share: true };
}

function readable(name: string): string {
  return name.replaceAll('_', ' ');
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}\u00a0%`;
}
