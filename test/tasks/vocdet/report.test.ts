import assert from 'node:assert/strict';
import { ClassList } from '../../../ts/tasks/vocdet/annotations/classes';
import { DetectionEvaluator } from '../../../ts/tasks/vocdet/evaluator';
import { renderReport, type Sample } from '../../../ts/tasks/vocdet/report';
import type { MetricsEntry } from '../../../ts/train/metrics-logger';
import { boxes } from '../../../ts/vision/boxes';

describe('the report of a detector', () => {
  const evaluator = new DetectionEvaluator(new ClassList(['dog', '<b>odd</b>']));
  const truth = boxes('xyxy', [0, 0, 10, 10]);
  evaluator.add('1', { labels: [0], scores: [0.9], boxes: truth }, { labels: [0], boxes: truth });
  evaluator.add('2', { labels: [], scores: [], boxes: boxes('xyxy', []) }, { labels: [1], boxes: truth });
  const metrics = { loss: 1.5, ...evaluator.result() };
  const sample: Sample = {
    name: '"><script>alert(1)</script>',
    jpeg: Uint8Array.of(255, 216),
    found: [
      { name: 'dog', score: 0.93, verdict: 'right' },
      { name: 'cat', score: 0.81, verdict: 'wrong' },
    ],
    missed: ['car'],
  };
  const log: MetricsEntry[] = [
    { kind: 'train', epoch: 1, step: 10, seconds: 1, loss: 7, loss_ce: 1, loss_ce_0: 2, lr: 0.001, gradNorm: 1.5 },
    { kind: 'val', epoch: 1, step: 10, seconds: 2, loss: 6, AP50: 0.5, AP75: 0.25, AP: 0.3 },
  ];
  const page = renderReport({
    title: 'Objects',
    subtitle: 'a test',
    facts: { device: 'cpu' },
    configuration: 'seed: 0\n',
    log,
    train: metrics,
    val: metrics,
    test: metrics,
    samples: [sample],
    mistakes: [],
  });
  const text = page
    .replace(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

  it('begins with the figures of the test split', () => {
    assert.match(text, /AP50, test 50\.0 % 2 images/);
  });

  it('heads each column', () => {
    assert.match(text, /Split Images Loss AP AP50 AP75 APs APm APl AR100 VOC07 VOC12 train 2 /);
    assert.match(text, /Class AP AP50 VOC07 VOC12 dog /);
  });

  it('has a row for each class, and their mean', () => {
    assert.match(text, /dog 100\.0 100\.0 100\.0 100\.0/);
    assert.match(text, /Mean 50\.0 50\.0 50\.0 50\.0/);
  });

  it('tells right detections from wrong ones and missed objects', () => {
    assert.match(text, /✓ dog 93 % ✗ cat 81 % ✗ car \(missed\)/);
  });

  it('has the curves of every loss term in each decoder layer, and precision over recall of the classes that were found', () => {
    assert.ok(page.includes('"labels":["decoder layer 1","last layer"],"data":[[10],[2],[1]]'));
    assert.equal((page.match(/"x":"recall"/g) ?? []).length, 1);
  });

  it('shows hostile names as text', () => {
    assert.ok(!page.includes('<script>alert(1)') && !page.includes('<b>odd') && page.includes('&#60;b&#62;odd'));
  });
});
