import assert from 'node:assert/strict';
import { analyse } from '../../../ts/tasks/facecls/analysis';
import { splitMetrics, type SplitMetrics } from '../../../ts/tasks/facecls/metrics';
import { renderReport, type ReportInput, type Sample } from '../../../ts/tasks/facecls/report';
import type { MetricsEntry } from '../../../ts/train/metrics-logger';
import { readReport } from '../read-report';

/** Of three images; nobody has the second attribute. */
function figures(): SplitMetrics {
  return splitMetrics(
    {
      attributes: ['Wearing_Hat', '<b>Odd</b>_One'],
      logits: Float32Array.from([2, -2, 1, -3, -1, 4]),
      labels: Uint8Array.from([1, 0, 0, 0, 1, 0]),
    },
    Uint8Array.from([1, 0]),
  );
}

const sample: Sample = {
  name: '"><script>alert(1)</script>.jpg',
  jpeg: Uint8Array.of(255, 216),
  predictions: [
    { attribute: 'Wearing_A_Hat', probability: 0.93, label: true },
    { attribute: 'Smiling', probability: 0.5, label: false },
    { attribute: 'Pale_Skin', probability: 0.2, label: true },
    { attribute: 'Young', probability: 0.1, label: false },
    { attribute: 'Male', probability: 0.5, label: true },
  ],
};

const log: MetricsEntry[] = [
  { kind: 'train', epoch: 1, step: 10, seconds: 1, loss: 0.7, lr: 0.001, gradNorm: 1.5 },
  { kind: 'val', epoch: 1, step: 10, seconds: 2, loss: 0.6, meanAccuracy: 0.8, majorityBaseline: 0.75 },
];

function render(given: Partial<ReportInput> = {}): string {
  const split = figures();
  return renderReport({
    title: 'Facial attributes',
    subtitle: 'a test',
    facts: { device: 'cpu', 'best checkpoint': null },
    configuration: 'seed: 0\n',
    log,
    train: split,
    val: split,
    test: split,
    samples: [sample],
    mistakes: [],
    ...given,
  });
}

const read = (given?: Partial<ReportInput>) => readReport(render(given));

describe('the report of a run', () => {
  it('begins with the accuracy and the baseline beside it', () => {
    assert.deepEqual(read().tiles, [
      'Mean accuracy, test 50.00 % 3 images',
      'Majority baseline 83.33 % the frequent answer always',
      'Balanced accuracy 45.83 % mean of both recalls',
      'Average precision 83.33 % mean over attributes',
    ]);
  });

  it('has its sections in order, each with a sentence on how to read it', () => {
    const { sections } = read();
    assert.deepEqual(
      Object.entries(sections).map(([title, { intro }]) => [title, intro]),
      [
        ['Training', 'Loss and accuracy over optimizer steps.'],
        [
          'Splits',
          'The checkpoint with the best validation accuracy, on all three splits; the test split took no part in any choice.',
        ],
        [
          'Attributes on the test split',
          'The baseline answers always what is more frequent in the training split, so an accuracy near it means that nothing was learnt. A click on a head sorts.',
        ],
        ['Samples', 'Test images, picked evenly over the split.'],
        [
          'Worst mistakes',
          'The test images whose wrong answers were given with the most confidence; now and then it is the label that is wrong.',
        ],
        ['Run', ''],
      ],
    );
    assert.equal(sections['Run']!.text, 'device cpu best checkpoint – Configuration seed: 0');
  });

  it('has a row for each split that there are figures of', () => {
    const head = 'Split Images Loss Accuracy % Baseline % Balanced % F1 % AP %';
    const row = '1.1579 50.00 83.33 45.83 25.00 83.33';
    assert.equal(
      read().sections['Splits']!.text,
      `${head} ${['train', 'val', 'test'].map((name) => `${name} 3 ${row}`).join(' ')}`,
    );
    assert.equal(read({ train: null, test: null }).sections['Splits']!.text, `${head} val 3 ${row}`);
  });

  it('has a row for each attribute and their mean, of those that have the figure', () => {
    assert.equal(
      read().sections['Attributes on the test split']!.text,
      [
        'Attribute Support Positive % Baseline % Accuracy % Gain Balanced % F1 % AP % ECE %',
        'Wearing Hat 2 66.7 66.7 33.3 -0.333 25.0 50.0 83.3 52.7',
        '<b>Odd</b> One 0 0.0 100.0 66.7 -0.333 66.7 0.0 – 38.3',
        'Mean 1 33.3 83.3 50.0 -0.333 45.8 25.0 83.3 45.5',
      ].join(' '),
    );
  });

  it('says what a column means where the pointer rests on its head', () => {
    const hints = [...render().matchAll(/<button title="([^"]*)">(Support|Gain|Accuracy %|ECE %)</g)];
    assert.deepEqual(
      hints.map(([, hint, label]) => [label, hint]),
      [
        ['Accuracy %', 'Sort'],
        ['Support', 'Test images that have the attribute'],
        ['Accuracy %', 'Sort'],
        ['Gain', 'Accuracy above the baseline, as a share'],
        ['ECE %', 'Mean distance between stated probability and frequency'],
      ],
    );
  });

  it('tells right answers from missed ones and false alarms, and leaves the right noes out', () => {
    const items = '✓ Wearing A Hat 93 % ✓ Male 50 % ✗ Smiling 50 % (not there) ✗ Pale Skin 20 % (missed)';
    const { sections, images } = read({ mistakes: [{ ...sample, name: 'bad.jpg', jpeg: Uint8Array.of(1, 2) }] });
    assert.equal(sections['Samples']!.text, `${sample.name} ${items}`);
    assert.equal(sections['Worst mistakes']!.text, `bad.jpg ${items}`);
    assert.deepEqual(images, [
      [sample.name, 'ffd8'],
      ['bad.jpg', '0102'],
    ]);
    assert.match(render(), /<li class="right">✓ Male.*\n<li class="wrong">✗ Smiling/);
  });

  it('without figures of the test split shows dashes, no section of it, and why', () => {
    const { tiles, sections } = read({ test: null, notes: ['The images of the test split are gone.'] });
    assert.deepEqual(tiles, [
      'Mean accuracy, test – no figures',
      'Majority baseline – the frequent answer always',
      'Balanced accuracy – mean of both recalls',
      'Average precision – mean over attributes',
    ]);
    assert.match(
      read({ test: { ...figures(), meanAveragePrecision: null } }).tiles[3]!,
      /^Average precision – mean over attributes$/,
    );
    assert.deepEqual(Object.keys(sections), ['What is missing', 'Training', 'Splits', 'Run']);
    assert.equal(sections['What is missing']!.text, 'The images of the test split are gone.');
  });

  it('shows hostile names as text', () => {
    const page = render();
    assert.ok(!page.includes('<script>alert(1)'));
    assert.ok(!page.includes('<b>Odd'));
    assert.ok(page.includes('&#60;b&#62;Odd'));
  });

  it('has the curves of the log', () => {
    const drawing = (labels: string[], data: number[][], share = false) => ({
      x: 'step',
      share,
      unit: false,
      labels,
      data,
    });
    assert.deepEqual(read().charts, {
      Loss: drawing(['train', 'val'], [[10], [0.7], [0.6]]),
      'Validation accuracy': drawing(['mean accuracy', 'majority baseline'], [[10], [0.8], [0.75]], true),
      'Learning rate': drawing(['learning rate'], [[10], [0.001]]),
      'Norm of the gradients': drawing(['norm before clipping'], [[10], [1.5]]),
    });
  });

  describe('with an analysis', () => {
    // Forty images: Hat is there in every second one, and claimed where Cap is missed.
    const rows = Array.from({ length: 40 }, (_, i) => ({
      labels: [i % 2, (i >> 1) % 2],
      logits: [i % 2 === 1 || i % 4 === 2 ? 1 : -1, i % 4 === 3 ? 1 : -1],
    }));
    const outputs = {
      attributes: ['Hat', 'Cap'],
      labels: Uint8Array.from(rows.flatMap(({ labels }) => labels)),
      logits: Float32Array.from(rows.flatMap(({ logits }) => logits)),
    };
    const sections = () => read({ analysis: analyse(outputs, { Hat: 0.5, Cap: 0.2 }) }).sections;
    const text = (title: string) => sections()[title]!.text;

    it('has a section for each part of it, before the samples', () => {
      const titles = Object.keys(sections());
      assert.deepEqual(titles.slice(2, 7), [
        'Attributes on the test split',
        'Calibration',
        'Thresholds',
        'Errors of pairs',
        'Slices',
      ]);
      assert.equal(titles[7], 'Samples');
    });

    it('says how the probabilities are calibrated', () => {
      // All are 0.7311 or 0.2689. Of either attribute thirty come true in two thirds or in one, ten always or never.
      assert.match(
        sections()['Calibration']!.intro,
        /Its mean over the attributes is 11\.6 %, that of the Brier scores 0\.1879\.$/,
      );
      assert.match(text('Calibration'), /All attributes .* Hat, ECE .* Calibration by attribute .* Mean /);
    });

    it('has precision and recall at one half and at the tuned threshold', () => {
      // Of 30 yeses for Hat 20 are right; Cap is said in 10 of 20, and at 0.2 everywhere.
      assert.match(
        text('Thresholds'),
        /Hat 66\.7 100\.0 80\.0 0\.500 66\.7 100\.0 80\.0 0\.0 Cap 100\.0 50\.0 66\.7 0\.200 50\.0 100\.0 66\.7 0\.0 Mean/,
      );
      assert.match(
        sections()['Thresholds']!.intro,
        /the highest F1 on the validation split: predict goes by the latter\.$/,
      );
      const untuned = read({ analysis: analyse(outputs) }).sections['Thresholds']!;
      assert.match(untuned.text, /F1 at ½ % Hat 66\.7 100\.0 80\.0 Cap 100\.0 50\.0 66\.7 Mean 83\.3 75\.0 73\.3$/);
      assert.match(untuned.intro, /with a yes from a probability of one half\.$/);
    });

    it('says what is taken for what, and which errors go together', () => {
      assert.match(
        text('Errors of pairs'),
        /Missed Claimed Images Of the missed % Elsewhere % Cap Hat 10 100\.0 0\.0 Wrong together /,
      );
      assert.match(text('Errors of pairs'), /Wrong Wrong too Images By chance Correlation Hat Cap 10 2\.5 1\.00 /);
      const right = analyse({ ...outputs, logits: Float32Array.from(outputs.labels, (label) => 2 * label - 1) });
      const { 'Errors of pairs': pairs, Slices: slices } = read({ analysis: right }).sections;
      assert.match(pairs!.text, /No attribute is claimed where another is missed.* No two attributes are wrong/);
      assert.match(slices!.text, /No gap is beyond its margin\./);
    });

    it('compares the halves of the images', () => {
      // Without a cap every hat is seen as it is, with one every second image is one.
      assert.match(text('Slices'), /Hat, by Cap 50\.0 % with, 100\.0 % without −50\.0 ± \d/);
      assert.match(text('Slices'), /Means over attributes Slice With Without .* 20 20 /);
    });

    it('shows where the model looked, below the samples', () => {
      const strip = { title: 'a.jpg', panels: [{ jpeg: Uint8Array.of(7), title: 'attention rollout' }] };
      const page = read({ attention: [strip] });
      assert.deepEqual(Object.keys(page.sections).slice(3, 6), ['Samples', 'Attention', 'Worst mistakes']);
      assert.equal(page.sections['Attention']!.text, 'a.jpg attention rollout');
      assert.ok(page.images.some(([title, bytes]) => title === 'a.jpg: attention rollout' && bytes === '07'));
    });
  });
});
