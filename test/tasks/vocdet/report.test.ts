import assert from 'node:assert/strict';
import { ClassList } from '../../../ts/tasks/vocdet/annotations/classes';
import { DetectionEvaluator } from '../../../ts/tasks/vocdet/evaluator';
import type { FullMetrics } from '../../../ts/tasks/vocdet/metrics-table';
import { renderReport, type ReportInput, type Sample } from '../../../ts/tasks/vocdet/report';
import type { MetricsEntry } from '../../../ts/train/metrics-logger';
import { boxes } from '../../../ts/vision/boxes';
import { readReport } from '../read-report';

/** A dog that is found among two images, and something else that is not. */
function figures(): FullMetrics {
  const evaluator = new DetectionEvaluator(new ClassList(['dog', '<b>odd</b>']));
  const truth = boxes('xyxy', [0, 0, 10, 10]);
  evaluator.add('1', { labels: [0], scores: [0.9], boxes: truth }, { labels: [0], boxes: truth });
  evaluator.add('2', { labels: [], scores: [], boxes: boxes('xyxy', []) }, { labels: [1], boxes: truth });
  return { loss: 1.5, ...evaluator.result() };
}

/** The same with other numbers in each place that the page shows. */
function distinctFigures(): FullMetrics {
  const { coco, voc07, voc12, ...rest } = figures();
  return {
    ...rest,
    coco: { ...coco, AP: 0.3125, AP50: 0.5, AP75: 0.25, APs: null, APm: 0.125, APl: 0.75, AR100: 0.625 },
    voc07: { ...voc07, mAP: 0.4375 },
    voc12: { ...voc12, mAP: 0.4062 },
  };
}

const sample: Sample = {
  name: '"><script>alert(1)</script>',
  jpeg: Uint8Array.of(255, 216),
  found: [
    { name: 'dog', score: 0.93, verdict: 'right' },
    { name: 'cat', score: 0.81, verdict: 'wrong' },
    { name: 'cow', score: 0.5, verdict: 'ignored' },
  ],
  missed: ['car', 'bus'],
};

const log: MetricsEntry[] = [
  { kind: 'train', epoch: 1, step: 10, seconds: 1, loss: 7, loss_ce: 1, loss_ce_0: 2, lr: 0.001, gradNorm: 1.5 },
  { kind: 'val', epoch: 1, step: 10, seconds: 2, loss: 6, AP50: 0.5, AP75: 0.25, AP: 0.3 },
];

function render(given: Partial<ReportInput> = {}): string {
  const metrics = figures();
  return renderReport({
    title: 'Objects',
    subtitle: 'a test',
    facts: { device: 'cpu', 'best checkpoint': null },
    configuration: 'seed: 0\n',
    log,
    train: metrics,
    val: metrics,
    test: metrics,
    samples: [sample],
    mistakes: [],
    ...given,
  });
}

const read = (given?: Partial<ReportInput>) => readReport(render(given));

describe('the report of a detector', () => {
  it('begins with the figures of the test split', () => {
    assert.deepEqual(read({ test: distinctFigures() }).tiles, [
      'AP50, test 50.0 % 2 images',
      'AP, test 31.3 % mean over overlaps 0.5 to 0.95',
      'VOC 2012 mAP 40.6 % area under the curve',
      'VOC 2007 mAP 43.8 % eleven points',
    ]);
  });

  it('has its sections in order, each with a sentence on how to read it', () => {
    const { sections } = read();
    assert.deepEqual(
      Object.entries(sections).map(([title, { intro }]) => [title, intro]),
      [
        ['Training', 'Losses and average precision over optimizer steps.'],
        [
          'Splits',
          'The checkpoint with the best AP50 on the validation split, on all three splits; of the training split the first images.',
        ],
        [
          'Classes on the test split',
          'Objects marked difficult are left out: finding one is neither right nor wrong. A click on a head sorts.',
        ],
        [
          'Precision and recall',
          'At an overlap of one half, on the test split: of what is found so many are right, of what is there so much is found.',
        ],
        [
          'Error types',
          'What AP50 would gain without one kind of errors, in percentage points (TIDE): wrong classes and boxes put right, others left out, missed objects not asked for. It is 50.0 % with all of them. The gains do not add up.',
        ],
        ['By size', "COCO's sizes, by the area of an object in pixels of the image."],
        [
          'Samples',
          'Test images, picked evenly over the split: what is there, and what was found above a score of 0.5.',
        ],
        [
          'Worst mistakes',
          'The test images with the most and surest mistakes; now and then it is the annotation that is wrong.',
        ],
        ['Run', ''],
      ],
    );
    assert.equal(sections['Run']!.text, 'device cpu best checkpoint – Configuration seed: 0');
  });

  it('says how objects that are marked difficult were counted', () => {
    const { sections } = read({ test: { ...figures(), difficult: 'keep' } });
    assert.equal(
      sections['Classes on the test split']!.intro,
      "Objects marked difficult count in COCO's figures, not in VOC's. A click on a head sorts.",
    );
  });

  it('has a row for each split that there are figures of', () => {
    const head = 'Split Images Loss AP AP50 AP75 APs APm APl AR100 VOC07 VOC12';
    const row = '31.3 50.0 25.0 – 12.5 75.0 62.5 43.8 40.6';
    const text = (given: Partial<ReportInput>) => read(given).sections['Splits']!.text;
    const [train, val, test] = [1, 2, 3].map((images) => ({ ...distinctFigures(), images, loss: images + 0.0625 }));
    assert.equal(text({ train, val, test }), `${head} train 1 1.063 ${row} val 2 2.063 ${row} test 3 3.063 ${row}`);
    assert.equal(text({ train: null, val, test: null }), `${head} val 2 2.063 ${row}`);
  });

  it('has a row for each class, and their mean', () => {
    assert.equal(
      read({ test: distinctFigures() }).sections['Classes on the test split']!.text,
      'Class AP AP50 VOC07 VOC12 dog 100.0 100.0 100.0 100.0 <b>odd</b> 0.0 0.0 0.0 0.0 Mean 31.3 50.0 43.8 40.6',
    );
  });

  it('tells right detections from wrong ones, from those that do not count, and from missed objects', () => {
    const items = '✓ dog 93 % ✗ cat 81 % · cow 50 % ✗ car (missed) ✗ bus (missed)';
    const { sections, images } = read({
      mistakes: [{ ...sample, name: 'bad.jpg', jpeg: Uint8Array.of(1, 2), truth: Uint8Array.of(3) }],
    });
    assert.equal(sections['Samples']!.text, `${sample.name} found ${items}`);
    assert.equal(sections['Worst mistakes']!.text, `bad.jpg annotated found ${items}`);
    assert.deepEqual(images, [
      [`${sample.name}: found`, 'ffd8'],
      ['bad.jpg: annotated', '03'],
      ['bad.jpg: found', '0102'],
    ]);
    assert.match(render(), /<li class="right">✓ dog.*\n*.*<li class="wrong">✗ cat.*\n*.*<li class="ignored">· cow/);
  });

  it('without figures of the test split shows dashes, no section of it, and why', () => {
    const { tiles, sections } = read({ test: null, notes: ['The images of the test split are gone.', 'So is <val>.'] });
    assert.deepEqual(tiles, [
      'AP50, test – no figures',
      'AP, test – mean over overlaps 0.5 to 0.95',
      'VOC 2012 mAP – area under the curve',
      'VOC 2007 mAP – eleven points',
    ]);
    const { coco, ...rest } = figures();
    assert.match(read({ test: { ...rest, coco: { ...coco, AP50: null } } }).tiles[0]!, /^AP50, test – 2 images$/);
    assert.deepEqual(Object.keys(sections), ['What is missing', 'Training', 'Splits', 'Run']);
    assert.equal(sections['What is missing']!.text, 'The images of the test split are gone. So is <val>.');
  });

  it('has a curve of every loss term, in each decoder layer that has its own, in their order', () => {
    const layers = { loss_ce_10: 3, loss_ce_2: 4, loss_ce_0: 2, not_loss_ce_3: 5, loss_ce_4x: 6 };
    const { charts } = read({
      log: [
        { kind: 'val', epoch: 0, step: 0, seconds: 0 },
        { ...log[0]!, ...layers },
      ],
    });
    assert.deepEqual(charts['Classes (cross entropy)'], {
      x: 'step',
      share: false,
      unit: false,
      labels: ['decoder layer 1', 'decoder layer 3', 'decoder layer 11', 'last layer'],
      data: [[10], [2], [4], [3], [1]],
    });
    const one = read({
      log: [{ kind: 'train', epoch: 1, step: 5, seconds: 1, loss_ce: 1, loss_bbox: 2, loss_giou: 3 }],
    });
    const labelled = (title: string) => one.charts[title] as { labels: string[]; data: number[][] };
    for (const [title, value] of [
      ['Classes (cross entropy)', 1],
      ['Boxes (L1 distance)', 2],
      ['Boxes (generalized overlap)', 3],
    ] as const)
      assert.deepEqual([labelled(title).labels, labelled(title).data], [['train'], [[5], [value]]]);
  });

  it('draws the rest of the log', () => {
    const more = { loss_bbox: 3, loss_giou: 4, class_error: 12, cardinality_error: 2.5 };
    const { charts } = read({ log: [{ ...log[0]!, ...more }, log[1]!] });
    const curves = Object.entries(charts as Record<string, { share: boolean; labels: string[]; data: unknown[] }>)
      .filter(([title]) => !/^(Classes|Boxes|dog)/.test(title))
      .map(([title, { share, labels, data }]) => [title, share, labels, data]);
    assert.deepEqual(curves, [
      ['Loss', false, ['train', 'val'], [[10], [7], [6]]],
      ['Average precision, validation', true, ['AP50', 'AP75', 'AP'], [[10], [0.5], [0.25], [0.3]]],
      ['Wrong class of matched queries, %', false, ['train'], [[10], [12]]],
      ['Error of the number of objects', false, ['train'], [[10], [2.5]]],
      ['Learning rate', false, ['learning rate'], [[10], [0.001]]],
      ['Norm of the gradients', false, ['norm before clipping'], [[10], [1.5]]],
    ]);
    assert.ok(
      Object.keys(read({ log: [] }).charts).includes('Loss'),
      'a run that logged nothing has empty charts, and a page',
    );
  });

  it('has precision over recall of the classes of which something was found', () => {
    const { charts } = read();
    const recall = Array.from({ length: 101 }, (_, i) => i / 100);
    const { x, labels, data, unit } = charts['dog'] as { x: string; labels: string[]; data: number[][]; unit: boolean };
    assert.deepEqual([x, labels, data[1], unit], ['recall', ['precision'], recall.map(() => 1), true]);
    const half = { recall, precision: recall.map((value) => Number(value <= 0.5)), score: recall.map(() => null) };
    const none = { ...half, precision: recall.map(() => 0) };
    assert.deepEqual(
      Object.keys(read({ test: { ...figures(), curves: { half, none } } }).charts).filter((title) =>
        /half|none/.test(title),
      ),
      ['half'],
    );
    data[0]!.forEach((value, i) => assert.ok(Math.abs(value - recall[i]!) < 1e-12));
    assert.ok(!('<b>odd</b>' in charts) && !Object.keys(charts).some((title) => title.includes('odd')));
  });

  it('says what is wrong with the wrong detections, and what they cost', () => {
    const text = (metrics: FullMetrics) => read({ test: metrics }).sections['Error types']!.text;
    assert.match(
      text(figures()),
      /Missed an object that nothing finds, not even with another class or box; 1 objects \+50\.0 All wrong detections false positives \+0\.0 All objects not found false negatives \+50\.0 Error types by class Class Classification Localization Both Duplicate Background Missed dog 0 0 0 0 0 0 <b>odd<\/b> 0 0 0 0 0 1$/,
    );
    const evaluator = new DetectionEvaluator(new ClassList(['dog', 'cat']));
    const box = boxes('xyxy', [0, 0, 10, 10]);
    evaluator.add('1', { labels: [0], scores: [0.9], boxes: box }, { labels: [1], boxes: box });
    assert.match(
      text({ loss: 1, ...evaluator.result() }),
      /^Classification .*; 1 detections, 1 with a score above 0\.5 \+100\.0 .* Taken for each other Object Found as Score above 0\.5 Detections cat dog 1 1 Error types by class/,
    );
  });

  it('has the precision of small, medium and large objects', () => {
    assert.equal(
      read().sections['By size']!.text,
      'Size Area Objects AP AP50 AR small below 32² 2 50.0 50.0 50.0 medium 32² to 96² 0 – – – large above 96² 0 – – – By size and class Class Small AP small Medium AP medium Large AP large dog 1 100.0 0 – 0 – <b>odd</b> 1 0.0 0 – 0 –',
    );
  });

  it('shows where the decoder looked, below the samples', () => {
    const strip = { title: 'a', panels: [{ jpeg: Uint8Array.of(7), title: 'dog 93 %' }] };
    const page = read({ attention: [strip] });
    const titles = Object.keys(page.sections);
    assert.equal(titles[titles.indexOf('Samples') + 1], 'Decoder attention');
    assert.ok(page.images.some(([title, bytes]) => title === 'a: dog 93 %' && bytes === '07'));
    assert.ok(!('Decoder attention' in read().sections));
  });

  it('shows hostile names as text', () => {
    const page = render();
    assert.ok(!page.includes('<script>alert(1)') && !page.includes('<b>odd') && page.includes('&#60;b&#62;odd'));
  });
});
