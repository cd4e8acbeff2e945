/** The sections of the report that show what lies behind the metrics of a detector. */
import { barChart } from '../../train/report/diagrams';
import { html } from '../../train/report/html';
import { imageStrips, type ImageStrip, type Section } from '../../train/report/page';
import { type Cell, type Column, table } from '../../train/report/table';
import { type ErrorType, type ErrorTypes, errorTypes, type SizeMetricsBySize, sizeNames } from './evaluator';

/** Rows of the list of confused classes. */
const CONFUSIONS = 15;

const descriptions: Readonly<Record<ErrorType, string>> = {
  classification: 'a box of an object, under the name of another class',
  localization: 'the right class, but the box is off (overlap 0.1 to 0.5)',
  both: 'another class, and the box is off',
  duplicate: 'an object that a surer detection has found already',
  background: 'no object is there (overlap below 0.1)',
  missed: 'an object that nothing finds, not even with another class or box',
};

/** What is wrong with the wrong detections. */
export function errorSection(errors: ErrorTypes): Section {
  const { types, falsePositives, falseNegatives, AP50 } = errors;
  const bars = errorTypes.map((type) => {
    const { dAP, count, confident } = types[type];
    const counted =
      confident === null ? `${count} objects` : `${count} detections, ${confident} with a score above 0.5`;
    return { label: capital(type), note: `${descriptions[type]}; ${counted}`, value: dAP, text: points(dAP) };
  });
  const sums = [
    { label: 'All wrong detections', note: 'false positives', value: falsePositives, text: points(falsePositives) },
    { label: 'All objects not found', note: 'false negatives', value: falseNegatives, text: points(falseNegatives) },
  ];
  return {
    title: 'Error types',
    intro:
      'What AP50 would gain without one kind of errors, in percentage points (TIDE): wrong classes and boxes put right, others left ' +
      `out, missed objects not asked for. It is ${AP50 === null ? '–' : percent(AP50)} with all of them. The gains do not add up.`,
    body: html`${barChart([...bars, ...sums])}
${confusionTable(errors)}
<details><summary>Error types by class</summary>${classTable(errors)}</details>`,
  };
}

function confusionTable({ confusions }: ErrorTypes) {
  if (confusions.length === 0) return null;
  return html`<h3>Taken for each other</h3>
${table({
  columns: [
    { label: 'Object' },
    { label: 'Found as' },
    { label: 'Score above 0.5', hint: 'Detections that somebody sees' },
    { label: 'Detections' },
  ],
  rows: confusions
    .slice(0, CONFUSIONS)
    .map(({ truth, predicted, confident, count }): Cell[] => [truth, predicted, confident, count]),
})}`;
}

function classTable({ perClass }: ErrorTypes) {
  return table({
    columns: [{ label: 'Class' }, ...errorTypes.map((type) => ({ label: capital(type), hint: descriptions[type] }))],
    rows: Object.entries(perClass).map(([name, counts]): Cell[] => [name, ...errorTypes.map((type) => counts[type])]),
  });
}

/** Average precision of small, medium and large objects. */
export function sizeSection(bySize: SizeMetricsBySize): Section {
  const share = (label: string, hint: string): Column => ({ label, hint, digits: 1, share: true });
  const sides = { small: 'below 32²', medium: '32² to 96²', large: 'above 96²' } as const;
  const names = Object.keys(bySize.small.perClass);
  return {
    title: 'By size',
    intro: "COCO's sizes, by the area of an object in pixels of the image.",
    body: html`${table({
      columns: [
        { label: 'Size' },
        { label: 'Area', hint: 'Square pixels' },
        { label: 'Objects' },
        share('AP', 'Mean over overlaps 0.5, 0.55 … 0.95'),
        share('AP50', 'At an overlap of 0.5'),
        share('AR', 'Recall by at most 100 detections'),
      ],
      rows: sizeNames.map((size): Cell[] => {
        const { objects, AP, AP50, AR } = bySize[size];
        return [size, sides[size], objects, AP, AP50, AR];
      }),
    })}
<details><summary>By size and class</summary>${table({
      columns: [
        { label: 'Class' },
        ...sizeNames.flatMap((size) => [
          { label: capital(size), hint: `Objects that are ${size}` },
          share(`AP ${size}`, 'Mean over overlaps 0.5, 0.55 … 0.95'),
        ]),
      ],
      rows: names.map((name): Cell[] => [
        name,
        ...sizeNames.flatMap((size) => {
          const { objects, AP } = bySize[size].perClass[name]!;
          return [objects, AP];
        }),
      ]),
    })}</details>`,
  };
}

/** Where the decoder looked in some images; no section without any. */
export function attentionSection(strips: readonly ImageStrip[]): Section[] {
  if (strips.length === 0) return [];
  return [
    {
      title: 'Decoder attention',
      intro:
        'Where the queries of the surest detections look in the last decoder layer (its cross attention, the mean of the heads). ' +
        'Light is much, dark is little.',
      body: imageStrips(strips),
    },
  ];
}

function capital(word: string): string {
  return `${word[0]!.toUpperCase()}${word.slice(1)}`;
}

function points(gain: number | null): string {
  if (gain === null) return '–';
  return `${gain < 0 ? '−' : '+'}${Math.abs(100 * gain).toFixed(1)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}
