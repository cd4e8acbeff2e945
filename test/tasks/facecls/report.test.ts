import assert from 'node:assert/strict';
import { splitMetrics } from '../../../ts/tasks/facecls/metrics';
import { renderReport, type Sample } from '../../../ts/tasks/facecls/report';
import type { MetricsEntry } from '../../../ts/train/metrics-logger';

describe('the report of a run', () => {
  const attributes = ['Wearing_Hat', '<b>Odd</b>'];
  const split = splitMetrics(
    { attributes, logits: Float32Array.from([2, -2, 1, -3, -1, 4]), labels: Uint8Array.from([1, 0, 0, 0, 1, 0]) },
    Uint8Array.from([1, 0]),
  );
  const sample: Sample = {
    name: '"><script>alert(1)</script>.jpg',
    jpeg: Uint8Array.of(255, 216),
    predictions: [
      { attribute: 'Wearing_Hat', probability: 0.93, label: true },
      { attribute: 'Smiling', probability: 0.81, label: false },
      { attribute: 'Bald', probability: 0.2, label: true },
      { attribute: 'Young', probability: 0.1, label: false },
    ],
  };
  const log: MetricsEntry[] = [
    { kind: 'train', epoch: 1, step: 10, seconds: 1, loss: 0.7, lr: 0.001, gradNorm: 1.5 },
    { kind: 'val', epoch: 1, step: 10, seconds: 2, loss: 0.6, meanAccuracy: 0.8, majorityBaseline: 0.75 },
  ];
  const page = renderReport({
    title: 'Facial attributes',
    subtitle: 'a test',
    facts: { device: 'cpu' },
    configuration: 'seed: 0\n',
    log,
    train: split,
    val: split,
    test: split,
    samples: [sample],
    mistakes: [],
  });
  const text = page
    .replace(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

  it('begins with the accuracy and the baseline beside it', () => {
    assert.match(text, /Mean accuracy, test 50\.00 % 3 images Majority baseline 83\.33 %/);
  });

  it('heads each column', () => {
    assert.match(text, /Split Images Loss Accuracy % Baseline % Balanced % F1 % AP % train 3 /);
    assert.match(
      text,
      /Attribute Support Positive % Baseline % Accuracy % Gain Balanced % F1 % AP % ECE % Wearing Hat /,
    );
  });

  it('has a row for each attribute and their mean', () => {
    assert.match(text, /Wearing Hat 2 66\.7 66\.7 33\.3 -0\.333/);
    assert.match(text, /Mean 1 33\.3 83\.3 50\.0/);
  });

  it('tells right answers from missed ones and false alarms, and leaves the right noes out', () => {
    assert.match(text, /✓ Wearing Hat 93 %/);
    assert.match(text, /✗ Smiling 81 % \(not there\)/);
    assert.match(text, /✗ Bald 20 % \(missed\)/);
    assert.doesNotMatch(text, /Young/);
  });

  it('shows hostile names as text', () => {
    assert.ok(!page.includes('<script>alert(1)'));
    assert.ok(!page.includes('<b>Odd'));
    assert.ok(page.includes('&#60;b&#62;Odd'));
  });

  it('has the curves of the log', () => {
    assert.ok(
      page.includes('{"x":"step","share":false,"unit":false,"labels":["train","val"],"data":[[10],[0.7],[0.6]]}'),
    );
    assert.ok(
      page.includes(
        '{"x":"step","share":true,"unit":false,"labels":["mean accuracy","majority baseline"],"data":[[10],[0.8],[0.75]]}',
      ),
    );
  });
});
