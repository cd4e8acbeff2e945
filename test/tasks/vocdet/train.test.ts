import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DetrForObjectDetection } from '../../../ts/models';
import type { DetectionConfig } from '../../../ts/tasks/vocdet/config';
import { evaluate } from '../../../ts/tasks/vocdet/evaluate';
import type { FinalMetrics } from '../../../ts/tasks/vocdet/finish';
import { replay } from '../../../ts/tasks/vocdet/replay';
import { train } from '../../../ts/tasks/vocdet/train';
import type { TrainOptions } from '../../../ts/train/with-run';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { readEvents } from '../../train/tracking/read-events';
import { readState } from '../../../ts/train/state';
import type { DrawnSplits } from '../../../ts/tasks/vocdet/splits/drawn-splits';
import { onOneThread } from '../../one-thread';
import { temporaryFolder, vocXml } from './fixture';
import { cocoClasses, filesOfDetections, smallConfig, smallWeights, tunedConfig, vocFiles } from './small-detector';

describe('training a detector', function () {
  this.timeout(240_000);
  onOneThread();
  const folder = temporaryFolder();
  let root: string;
  let data: string;
  let config: DetectionConfig;
  let metrics: FinalMetrics;
  const path = (name: string) => join(root, name);
  const start = (name: string, options: Partial<TrainOptions<DetectionConfig>> = {}) =>
    train({ config, run: path(name), ...options });
  const weights = (name: string, checkpoint = 'last') =>
    readFileSync(join(path(name), 'checkpoints', checkpoint, 'model.safetensors'));

  before(async () => {
    root = folder.write({});
    data = folder.write(await vocFiles({ train: 8, val: 4, test: 6 }));
    config = smallConfig(data);
    metrics = (await start('whole')).metrics!;
  });

  describe('leaves a run folder', () => {
    it('with the figures of all splits', () => {
      const written = JSON.parse(readFileSync(path('whole/metrics.json'), 'utf8')) as FinalMetrics;
      assert.deepEqual(written, metrics);
      assert.deepEqual([written.train!.images, written.val!.images, written.test!.images], [8, 4, 6]);
      const { voc07, voc12, coco } = written.test!;
      for (const metric of [voc07.mAP, voc12.mAP, coco.AP, coco.AP50])
        assert.ok(metric !== null && metric >= 0 && metric <= 1);
      assert.deepEqual(
        [Object.keys(voc07.perClass), Object.keys(coco.perClass)],
        [
          ['car', 'dog'],
          ['car', 'dog'],
        ],
      );
    });

    it('with event files that show the images of the validation split with boxes at each evaluation', () => {
      const images = readEvents(path('whole')).filter(({ image }) => image !== undefined);
      assert.deepEqual(
        images.map(({ step }) => step),
        [2, 4].flatMap((step) => [step, step, step, step]),
      );
      assert.equal(new Set(images.map(({ tag }) => tag)).size, 4);
      assert.ok(images.every(({ tag }) => tag.startsWith('val/')));
    });

    it('that can be trained again to the same bits', async () => {
      const { comparison, differences } = await replay(path('whole'), { target: path('whole-again') });
      assert.deepEqual([comparison!.same, differences], [true, []]);
    });

    it('with all that it ran with', () => {
      assert.deepEqual(parse(readFileSync(path('whole/config.yaml'), 'utf8')), config);
    });

    it('with a log of every step and evaluation, all terms of the loss in it', () => {
      const log = readMetricsLog(path('whole/metrics.jsonl'));
      assert.deepEqual(
        log.map(({ kind, step }) => `${kind} ${step}`),
        ['train 1', 'train 2', 'val 2', 'train 3', 'train 4', 'val 4'],
      );
      const terms = ['loss_ce', 'loss_bbox', 'loss_giou', 'cardinality_error'].flatMap((term) => [term, `${term}_0`]);
      for (const entry of log.filter(({ kind }) => kind === 'train')) {
        const value = (name: string) => entry[name] as number;
        for (const name of ['loss', 'class_error', 'gradNorm', 'lr', ...terms])
          assert.ok(Number.isFinite(value(name)), name);
        const sum = ['', '_0'].reduce(
          (all, layer) =>
            all + value(`loss_ce${layer}`) + 5 * value(`loss_bbox${layer}`) + 2 * value(`loss_giou${layer}`),
          0,
        );
        assert.ok(Math.abs(sum - value('loss')) < 1e-4 * sum);
      }
      for (const name of ['loss', 'AP', 'AP50', 'AP75', 'AR100', 'voc07.mAP', 'voc12.mAP'])
        assert.equal(typeof log.at(-1)![name], 'number', name);
    });

    it('with checkpoints in hub layout, which a model is loaded from', async () => {
      for (const name of ['last', 'best']) {
        const checkpoint = path(`whole/checkpoints/${name}`);
        assert.deepEqual(readdirSync(checkpoint).sort(), [
          'SHA256SUMS',
          'config.json',
          'model.safetensors',
          'optimizer.safetensors',
          'preprocessor_config.json',
          'state.json',
        ]);
        const { config } = await DetrForObjectDetection.fromPretrained(checkpoint, { onWarning: assert.fail });
        assert.deepEqual(
          [config.id2label, config.numQueries, config.trainBatchNorm],
          [{ 0: 'car', 1: 'dog' }, 8, true],
        );
      }
    });

    it('with samples and a report that asks for nothing from outside', () => {
      const samples = readdirSync(path('whole/samples'));
      assert.deepEqual(
        samples.sort(),
        [13, 14, 15, 16, 17, 18].map((id, i) => `${i + 1}-p${id}.jpg`),
      );
      const report = readFileSync(path('whole/report.html'), 'utf8');
      for (const heading of [
        'Training',
        'Classes on the test split',
        'Precision and recall',
        'Samples',
        'Worst mistakes',
      ])
        assert.ok(report.includes(`<h2>${heading}</h2>`), heading);
      assert.ok((report.match(/src="data:image\/jpeg/g) ?? []).length >= 6);
      assert.doesNotMatch(report.replace(/<script>[\s\S]*?<\/script>/g, ''), /(src|href)="(?!data:|#)/);
    });

    it('that evaluate gives the same figures of', async () => {
      const { analysis, ...rest } = await evaluate(path('whole'));
      assert.deepEqual(rest, metrics.test);
      assert.deepEqual(
        JSON.parse(JSON.stringify(analysis)),
        JSON.parse(readFileSync(path('whole/analysis.json'), 'utf8')),
      );
    });

    it('that a second start does not overwrite, and a resume leaves alone', async () => {
      await assert.rejects(start('whole'), /already holds a run/);
      assert.deepEqual((await start('whole', { resume: true })).metrics, metrics);
    });
  });

  it('gives the same weights for the same seed, and others for another', async () => {
    const short = { ...config, epochs: 1 };
    for (const [name, seed] of [
      ['one', 1],
      ['two', 1],
      ['three', 2],
    ] as const)
      await train({ config: { ...short, seed }, run: path(name) });
    assert.deepEqual(weights('one'), weights('two'));
    assert.notDeepEqual(weights('one'), weights('three'));
  });

  for (const step of [0, 3]) {
    it(`interrupted after step ${step} and resumed ends with the same weights, figures and log`, async () => {
      const controller = new AbortController();
      const name = `stopped-${step}`;
      const onEvent: TrainOptions<DetectionConfig>['onEvent'] = (event) =>
        (event.type === 'step' || event.type === 'begin') && event.step === step && controller.abort();
      const { outcome } = await start(name, { signal: controller.signal, onEvent });
      assert.equal(outcome, 'interrupted');
      assert.ok(!existsSync(path(`${name}/metrics.json`)));
      assert.deepEqual((await start(name, { resume: true })).metrics, metrics);
      for (const checkpoint of ['last', 'best'])
        assert.deepEqual(weights(name, checkpoint), weights('whole', checkpoint));
      const indices = (run: string) =>
        readMetricsLog(path(`${run}/metrics.jsonl`)).map(({ kind, step, loss }) => [kind, step, loss]);
      assert.deepEqual(indices(name), indices('whole'));
    });
  }

  it('from a checkpoint judges the start first, and keeps and names it when training makes it worse', async () => {
    const said: string[] = [];
    const listener = {
      say: (sentence: string) => void said.push(sentence),
      bar: () => ({ update: () => {}, stop: () => {} }),
    };
    const own = await smallWeights(root, 'own', { id2label: ['car', 'dog'] });
    const tuned = { ...tunedConfig(folder.write(await filesOfDetections(own, { train: 8, val: 4 })), own), epochs: 1 };
    const spoilt = { ...tuned, optimizer: { ...tuned.optimizer, lr: 0.3, backboneLr: 0.3 } };
    await train({ config: spoilt, run: path('tuned'), listener });
    const log = readMetricsLog(path('tuned/metrics.jsonl'));
    assert.deepEqual([log[0]!.kind, log[0]!.step], ['val', 0]);
    const { loop } = readState(path('tuned/checkpoints/last'));
    const [first, last] = [log[0]!['AP50'] as number, log.at(-1)!['AP50'] as number];
    assert.ok(last < first, `${last} after ${first}`);
    assert.equal(loop.best!.step, 0);
    assert.match(said.join('\n'), /No checkpoint was better than the start, .*own: checkpoints\/best is the start/);
    const was = (await DetrForObjectDetection.fromPretrained(own)).stateDict();
    const best = (await DetrForObjectDetection.fromPretrained(path('tuned/checkpoints/best'))).stateDict();
    for (const [key, tensor] of Object.entries(was)) assert.deepEqual(best[key]!.toArray(), tensor.toArray(), key);
    assert.match(readFileSync(path('tuned/report.html'), 'utf8'), /the start: training made nothing better/);
  });

  it('leaves the weights of a pretrained backbone out of the start that the configuration has for random ones', async () => {
    assert.ok(config.backboneStart.epochs > 0);
    const labels: string[] = [];
    const listener = {
      say: () => {},
      bar: (label: string) => (labels.push(label), { update: () => {}, stop: () => {} }),
    };
    const { backboneStart } = config;
    await train({
      config: { ...tunedConfig(data, path('whole')), epochs: 1, backboneStart },
      run: path('twice'),
      listener,
    });
    assert.deepEqual(
      [labels.some((label) => label.startsWith('evaluating')), labels.includes('starting the backbone')],
      [true, false],
    );
  });

  it('interrupted while the backbone gets its start leaves no folder behind', async () => {
    const controller = new AbortController();
    const bar = (label: string) => ({
      update: () => label === 'starting the backbone' && controller.abort(),
      stop: () => {},
    });
    assert.equal(
      (await start('early', { signal: controller.signal, listener: { say: () => {}, bar } })).outcome,
      'interrupted',
    );
    assert.ok(!existsSync(path('early')));
  });

  it('from a detector of other classes makes their rows anew and says so', async () => {
    const said: string[] = [];
    const listener = {
      say: (sentence: string) => void said.push(sentence),
      bar: () => ({ update: () => {}, stop: () => {} }),
    };
    const coco = await smallWeights(root, 'coco', cocoClasses);
    const odd = folder.write(await vocFiles({ train: 4, val: 2 }, ['dog', 'zeppelin']));
    await train({ config: { ...tunedConfig(odd, coco), epochs: 1 }, run: path('odd'), listener });
    assert.match(
      said.join('\n'),
      /coco does not know zeppelin: their rows of the class head start from random weights\./,
    );
    assert.match(said.join('\n'), /has no split to test on: the figures under "test" are those of .*val/);
    assert.deepEqual(readMetricsLog(path('odd/metrics.jsonl'))[0]!.kind, 'train');
  });

  describe('goes on', () => {
    const refusal =
      /^InputError: Cannot resume \S+other: its configuration or its dataset is no longer what the checkpoint was made with; start a new run\.$/;
    const resume = (changed: DetectionConfig) => train({ config: changed, run: path('other'), resume: true });
    /** The dataset at another path. */
    const moved = (): DetectionConfig => ({ ...config, data: { ...config.data, folder: path('moved') } });

    before(async () => {
      const controller = new AbortController();
      await start('other', { signal: controller.signal, onEvent: ({ type }) => type === 'step' && controller.abort() });
      cpSync(data, path('moved'), { recursive: true });
    });

    it('with no other configuration', async () => {
      await assert.rejects(
        resume({ ...config, optimizer: { ...config.optimizer, lr: 1 } }),
        /Cannot resume \S+other: its configuration \(optimizer\.lr\) is no longer what the checkpoint was made with;/,
      );
    });

    for (const [split, image] of [
      ['train', 'p2'],
      ['val', 'p10'],
    ] as const) {
      it(`with no dataset of the same size in which a box of ${split} differs`, async () => {
        const file = join(path('moved'), `Annotations/${image}.xml`);
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace('<ymin>4</ymin>', '<ymin>5</ymin>'));
        assert.notEqual(readFileSync(file, 'utf8'), text);
        await assert.rejects(resume(moved()), refusal).finally(() => writeFileSync(file, text));
      });
    }

    it('with the same dataset at another path, to the same weights', async () => {
      assert.deepEqual((await resume(moved())).metrics, metrics);
      assert.deepEqual(weights('other'), weights('whole'));
    });
  });

  describe('looks at the data before the first step', () => {
    const said: string[] = [];
    const listener = {
      say: (sentence: string) => void said.push(sentence),
      bar: () => ({ update: () => {}, stop: () => {} }),
    };
    const trained = async (
      changes: Record<string, string | Uint8Array>,
      data: Partial<DetectionConfig['data']> = {},
      counts: Record<string, number> = { train: 4, val: 2, test: 2 },
    ) => {
      said.length = 0;
      const files = { ...(await vocFiles(counts)), ...changes };
      const run = join(folder.write({}), 'run');
      const own = folder.write(files);
      const small = smallConfig(own);
      const begin = (more: Partial<DetectionConfig['data']> = {}, resume = false) =>
        train({
          config: {
            ...small,
            epochs: 1,
            backboneStart: { epochs: 0, lr: 1e-3 },
            data: { ...small.data, ...data, ...more },
          },
          run,
          listener,
          resume,
        });
      return { run, own, begin };
    };

    const refused: Readonly<
      Record<string, readonly [Record<string, string>, Partial<DetectionConfig['data']>, RegExp]>
    > = {
      'swapped corners to train on': [
        { 'Annotations/p1.xml': vocXml(64, 48, [{ name: 'car', pixels: [30, 30, 5, 5] }]) },
        {},
        /^1 of the 4 images of .*train cannot be used: .*p1\.xml line 3: expected the box of car to have an area/,
      ],
      'an annotation that is missing': [
        { 'ImageSets/Main/val.txt': 'p5\nq\n' },
        {},
        /^1 of the 2 images of .*val cannot be used: Expected the annotation q\.xml in .*, found none\. Mend them/,
      ],
      'an image without a header': [
        { 'JPEGImages/p2.png': 'words' },
        {},
        /^1 of the 4 images of .*train cannot be used: Expected a JPEG.*p2\.png, found text\./,
      ],
      'nothing to find in the validation split': [
        { 'Annotations/p5.xml': '<annotation/>', 'Annotations/p6.xml': '<annotation/>' },
        {},
        /^Expected objects to find in the split .*val, by which the best checkpoint is chosen, found none/,
      ],
      'an empty validation split': [
        { 'ImageSets/Main/val.txt': '' },
        {},
        /^Expected images in the split .*val, found none; name another by data\.val\.$/,
      ],
      'images to validate on that are learnt': [
        {},
        { train: 'train+val' },
        /^Expected no image of .*val among those to train on, found that 2 of the 2 images of .*val are in train\+val too \(.*p5\.png, .*p6\.png\)/,
      ],
      'an image to test on that is learnt': [
        { 'ImageSets/Main/test.txt': 'p7\np1\n' },
        {},
        /^Expected no image of .*test among those to train on, found that 1 of the 2 images of .*test are in .*train too/,
      ],
    };
    for (const [what, [changes, data, message]] of Object.entries(refused)) {
      it(`and refuses ${what}, leaving no folder`, async () => {
        const { begin, run } = await trained(changes, data);
        await assert.rejects(begin(), { code: 'TTS_INPUT', message });
        assert.ok(!existsSync(run));
      });
    }

    it('and goes on without an image to train on that is damaged, when told so', async () => {
      const { begin, run, own } = await trained({});
      const damaged = join(own, 'JPEGImages/p1.png');
      const bytes = readFileSync(damaged);
      writeFileSync(damaged, bytes.subarray(0, Math.floor(bytes.length / 2)));
      const { metrics } = await begin({ onError: 'skip' });
      assert.match(metrics!.notes![0]!, /^The training left out 1 image that cannot be read: .*p1\.png/);
      assert.match(readFileSync(join(run, 'report.html'), 'utf8'), /The training left out 1 image/);
      const skipped = JSON.parse(readFileSync(join(run, 'skipped.json'), 'utf8')) as string[];
      assert.equal(skipped.length, 1);
      assert.match(said.join(' '), /p1\.png.* The training goes on without it\./);
    });

    it('and says what will be missing of the test split; the run ends with the rest', async () => {
      const { begin, run } = await trained({ 'JPEGImages/p8.png': 'words' });
      const { metrics } = await begin();
      assert.match(
        said[0]!,
        /^1 of the 2 images of .*test cannot be used: .*p8\.png, found text\. The figures under "test" will be without them\.$/,
      );
      assert.equal(metrics!.test!.images, 1);
      assert.match(metrics!.notes!.join(), /p8\.png, found text\. The figures under "test" are without them\.$/);
      assert.match(readFileSync(join(run, 'report.html'), 'utf8'), /What is missing/);
    });

    it('and ends without figures for a test split that cannot be read at all', async () => {
      const { begin, run } = await trained({ 'ImageSets/Main/test.txt': 'q1\nq2\n' });
      const { outcome, metrics } = await begin();
      assert.deepEqual([outcome, metrics!.test, metrics!.val!.images], ['completed', null, 2]);
      assert.match(
        metrics!.notes!.join(),
        /There are no figures under "test": Expected images that can be read .* Expected the annotation q1\.xml/,
      );
      assert.ok(existsSync(join(run, 'report.html')));
      assert.deepEqual(JSON.parse(readFileSync(join(run, 'metrics.json'), 'utf8')), metrics);
    });

    it('and may be given another test split when it goes on', async () => {
      const { begin, run } = await trained({ 'ImageSets/Main/more.txt': 'p7\n' });
      await begin();
      rmSync(join(run, 'metrics.json'));
      const { metrics } = await begin({ test: 'more' }, true);
      assert.equal(metrics!.test!.images, 1);
      assert.equal((parse(readFileSync(join(run, 'config.yaml'), 'utf8')) as DetectionConfig).data.test, 'more');
    });

    it('and divides images without splits by lot, says it and keeps it', async () => {
      const { begin, run, own } = await trained({}, {}, { default: 10 });
      const { metrics } = await begin();
      assert.match(
        said[0]!,
        /does not say which images of .*default are to validate on: 8 to train, 1 to validate and 1 to test on were drawn by the seed 0\. .*splits\.json lists them\.$/,
      );
      const drawn = JSON.parse(readFileSync(join(run, 'splits.json'), 'utf8')) as DrawnSplits;
      assert.deepEqual(
        [...drawn.train, ...drawn.val, ...drawn.test].sort(),
        Array.from({ length: 10 }, (_, i) => `p${i + 1}`).sort(),
      );
      // Images that come later belong to none of the three.
      const more = await vocFiles({ default: 12 });
      for (const name of Object.keys(more)) writeFileSync(join(own, name), more[name]!);
      const { analysis: _, ...rest } = await evaluate(run);
      assert.deepEqual(rest, metrics!.test);
    });
  });

  it('leaves no folder behind when the dataset is not there', async () => {
    await assert.rejects(
      train({ config: smallConfig(path('nowhere')), run: path('lost') }),
      /Expected a folder, a \.tar, a \.zip or a \.json with a dataset at .*nowhere, found nothing/,
    );
    assert.ok(!existsSync(path('lost')));
  });
});
