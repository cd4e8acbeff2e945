import assert from 'node:assert/strict';
import { describe as faceTable } from '../../ts/cli/facecls/evaluate';
import { describe as detectionTable } from '../../ts/cli/vocdet/evaluate';
import { type AttributeMetric, attributeMetrics, registerMetric, splitMetrics } from '../../ts/tasks/facecls/metrics';
import { renderReport as faceReport } from '../../ts/tasks/facecls/report';
import { ClassList } from '../../ts/tasks/vocdet/annotations/classes';
import { DetectionEvaluator, type DetectionResult } from '../../ts/tasks/vocdet/evaluator';
import {
  type DetectionMetric,
  detectionMetrics,
  type FullMetrics,
  keptValues,
  loggedMetrics,
  registerMetric as registerDetectionMetric,
} from '../../ts/tasks/vocdet/metrics-table';
import { renderReport as detectionReport } from '../../ts/tasks/vocdet/report';
import { boxes } from '../../ts/vision/boxes';

/** The text of a page. */
const textOf = (page: string) =>
  page
    .replace(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

const page = {
  title: 'A run',
  subtitle: '',
  facts: {},
  configuration: '',
  log: [],
  train: null,
  samples: [],
  mistakes: [],
};

describe('a metric of faces that is one more entry of the table', () => {
  const specificity: AttributeMetric = {
    key: 'specificity',
    mean: 'meanSpecificity',
    label: 'specificity',
    digits: 1,
    hint: 'Share of the noes that were found',
    of: ({ tn, fp }) => (tn + fp > 0 ? tn / (tn + fp) : null),
  };
  const table = [...attributeMetrics, specificity];
  // Of three images, the noes of Hat: one of two; those of Bald: none, so that its specificity does not exist.
  const outputs = {
    attributes: ['Hat', 'Bald'],
    logits: Float32Array.from([2, 1, -1, 1, 1, 1]),
    labels: Uint8Array.from([1, 1, 0, 1, 0, 1]),
  };
  let split: ReturnType<typeof splitMetrics>;
  before(() => (split = splitMetrics(outputs, Uint8Array.from([0, 1]), table)));

  it('is in metrics.json, for each attribute and as the mean of those that have it', () => {
    const { perAttribute, meanSpecificity } = JSON.parse(JSON.stringify(split)) as {
      perAttribute: { specificity: number | null }[];
      meanSpecificity: number;
    };
    assert.deepEqual([perAttribute.map(({ specificity }) => specificity), meanSpecificity], [[0.5, null], 0.5]);
  });

  it('is a column of both tables of the report, under its hint', () => {
    const html = faceReport({ ...page, val: null, test: split }, table);
    assert.ok(html.includes('title="Share of the noes that were found"'));
    const text = textOf(html);
    assert.match(text, /AP % Specificity % test 3 .* 50\.00 /);
    assert.match(text, /ECE % Specificity % Hat .* 50\.0 Bald .* – Mean .* 50\.0 /);
  });

  it('is a column of the command line', () => {
    const lines = faceTable(split, table).split('\n');
    assert.match(lines[0]!, /AP % {2}specificity %$/);
    assert.match(lines[1]!, /50\.00$/);
    assert.match(lines[2]!, /-$/);
    assert.match(lines[3]!, /^mean .*50\.00$/);
  });

  it('is nowhere without the entry', () => {
    const without = splitMetrics(outputs, Uint8Array.from([0, 1]));
    assert.doesNotMatch(JSON.stringify(without) + faceReport({ ...page, val: null, test: without }), /specificity/i);
  });
});

describe('a metric of detectors that is one more entry of the table', () => {
  const found: DetectionMetric = {
    key: 'recall50',
    label: 'R50',
    digits: 1,
    hint: 'Share of the recalls up to one that some score reaches',
    logged: true,
    kept: true,
    of: ({ curves }) => {
      const scores = Object.values(curves!).flatMap(({ score }) => score);
      return scores.filter((score) => score !== null).length / scores.length;
    },
  };
  const table = [...detectionMetrics, found];
  let result: DetectionResult;
  let split: FullMetrics;
  before(() => {
    const evaluator = new DetectionEvaluator(new ClassList(['dog', 'car']));
    const truth = boxes('xyxy', [0, 0, 10, 10]);
    evaluator.add('1', { labels: [0], scores: [0.9], boxes: truth }, { labels: [0], boxes: truth });
    evaluator.add('2', { labels: [], scores: [], boxes: boxes('xyxy', []) }, { labels: [1], boxes: truth });
    result = evaluator.result();
    split = { loss: 1, ...result, kept: keptValues(result, table) };
  });

  it('is in metrics.json where it says what the rest does not', () => {
    assert.deepEqual(split.kept, { recall50: 0.5 });
    assert.equal(keptValues(result, detectionMetrics), undefined);
  });

  it('is in the log of a training', () => {
    assert.equal(loggedMetrics(split, table)['recall50'], 0.5);
    assert.deepEqual(Object.keys(loggedMetrics(split)), [
      'loss',
      'AP',
      'AP50',
      'AP75',
      'AR100',
      'voc07.mAP',
      'voc12.mAP',
    ]);
  });

  it('is a column of the report, under its hint', () => {
    const html = detectionReport({ ...page, val: null, test: split }, table);
    assert.ok(html.includes(`title="${found.hint}"`));
    assert.match(textOf(html), /VOC12 R50 test 2 .* 50\.0 50\.0 50\.0 /);
  });

  it('is among the numbers of the command line', () => {
    const { curves: _, ...written } = split;
    assert.match(detectionTable(written, table), /, ARl \S+, R50 50\.00\n/);
    assert.doesNotMatch(detectionTable(written), /R50/);
  });
});

describe('a metric that is registered', () => {
  // What takes one is in test/examples/extending.test.ts, in processes of their own: the table is for all of a process.
  const expected = /^InputError: registerMetric: expected a key that no other metric has, found "(\w+)"\.$/;

  it('has a key that no other has, and no other key of metrics.json', () => {
    const metric = attributeMetrics[0] as AttributeMetric;
    for (const changes of [{ key: 'f1' }, { key: 'new', mean: 'meanF1' }, { key: 'perAttribute' }, { key: 'loss' }])
      assert.throws(() => registerMetric({ ...metric, ...changes }), expected, JSON.stringify(changes));
    assert.throws(() => registerDetectionMetric({ ...detectionMetrics[0]!, key: 'AP50' }), expected);
  });

  it('may be registered again', () => {
    const length = attributeMetrics.length;
    registerMetric(attributeMetrics[0]);
    registerDetectionMetric(detectionMetrics[0]!);
    assert.equal(attributeMetrics.length, length);
  });
});
