import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openCelebA } from '../../../ts/tasks/facecls/celeba';
import { evaluate } from '../../../ts/tasks/facecls/evaluate';
import { drawnAttributes } from '../../../ts/tasks/facecls/drawing';
import type { FaceConfig } from '../../../ts/tasks/facecls/config';
import type { FinalMetrics } from '../../../ts/tasks/facecls/finish';
import { predict } from '../../../ts/tasks/facecls/predict';
import { presets } from '../../../ts/tasks/facecls/presets';
import { replay } from '../../../ts/tasks/facecls/replay';
import { ensureDrawnFaces } from '../../../ts/tasks/facecls/synth';
import type { TrainOptions } from '../../../ts/train/with-run';
import { loadThresholds } from '../../../ts/tasks/facecls/thresholds';
import { train } from '../../../ts/tasks/facecls/train';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { readEvents } from '../../train/tracking/read-events';

describe('training on faces', () => {
  let root: string;
  let config: FaceConfig;
  let metrics: FinalMetrics;
  const path = (name: string) => join(root, name);
  const start = (name: string, options: Partial<TrainOptions<FaceConfig>> = {}) =>
    train({ config, run: path(name), ...options });
  const weights = (name: string, checkpoint = 'last') =>
    readFileSync(join(path(name), 'checkpoints', checkpoint, 'model.safetensors'));

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'faces-'));
    await ensureDrawnFaces(path('faces'), { train: 40, val: 10, test: 12, size: 32 });
    config = {
      ...presets.tiny,
      epochs: 2,
      batchSize: 8,
      device: 'cpu',
      data: { ...presets.tiny.data, folder: path('faces'), cache: path('cache'), prefetch: 2 },
      model: {
        ...presets.tiny.model,
        imageSize: 32,
        hiddenSize: 16,
        numHiddenLayers: 1,
        numAttentionHeads: 2,
        intermediateSize: 32,
        hiddenDropoutProb: 0.1,
      },
      log: { everySteps: 2 },
    };
    metrics = (await start('whole')).metrics!;
  });
  after(() => rmSync(root, { recursive: true }));

  describe('leaves a run folder', () => {
    it('with the figures of all splits', () => {
      const written = JSON.parse(readFileSync(path('whole/metrics.json'), 'utf8')) as FinalMetrics;
      assert.deepEqual(written, metrics);
      assert.deepEqual([written.train!.images, written.val!.images, written.test!.images], [40, 10, 12]);
      assert.deepEqual(
        written.test!.perAttribute.map(({ name }) => name),
        [...drawnAttributes],
      );
      assert.ok(written.test!.meanAccuracy > 0 && written.test!.meanAccuracy <= 1);
      assert.ok(written.test!.majorityBaseline > 0.5 && written.test!.majorityBaseline < 1);
    });

    it('with all that it ran with', () => {
      assert.deepEqual(parse(readFileSync(path('whole/config.yaml'), 'utf8')), config);
    });

    it('with a log of every few steps and every evaluation', () => {
      const log = readMetricsLog(path('whole/metrics.jsonl'));
      assert.deepEqual(
        log.map(({ kind, step }) => `${kind} ${step}`),
        ['train 2', 'train 4', 'train 5', 'val 5', 'train 6', 'train 8', 'train 10', 'val 10'],
      );
      assert.ok(log.every((entry) => typeof entry['loss'] === 'number'));
    });

    it('with checkpoints in hub layout', () => {
      for (const name of ['last', 'best']) {
        const files = readdirSync(join(path('whole/checkpoints'), name)).sort();
        assert.deepEqual(files, [
          'SHA256SUMS',
          'config.json',
          'model.safetensors',
          'optimizer.safetensors',
          'preprocessor_config.json',
          'state.json',
          ...(name === 'best' ? ['thresholds.json'] : []),
        ]);
      }
      const hub = JSON.parse(readFileSync(path('whole/checkpoints/best/config.json'), 'utf8')) as Record<
        string,
        unknown
      >;
      assert.equal(hub['problem_type'], 'multi_label_classification');
      assert.deepEqual(Object.values(hub['id2label'] as object), [...drawnAttributes]);
    });

    it('with samples and a report that asks for nothing from outside', () => {
      assert.equal(readdirSync(path('whole/samples')).filter((name) => name.endsWith('.jpg')).length, 12);
      const report = readFileSync(path('whole/report.html'), 'utf8');
      for (const name of drawnAttributes) assert.ok(report.includes(name.replaceAll('_', ' ')), name);
      assert.doesNotMatch(report.replace(/<script>[\s\S]*?<\/script>/g, ''), /(src|href)="(?!data:|#)/);
    });

    it('with event files that show a few images of the validation split at each evaluation', () => {
      const events = readEvents(path('whole')).filter(({ image }) => image !== undefined);
      const names = openCelebA(path('faces'))
        .split('val')
        .map(({ name }) => name);
      const shown = [0, 2, 5, 7].map((i) => `val/${names[i]!}`);
      assert.deepEqual(
        events.map(({ tag, step }) => `${step} ${tag}`),
        [5, 10].flatMap((step) => shown.map((tag) => `${step} ${tag}`)),
      );
      assert.ok(events.every(({ image }) => image!.width > 256 && image!.height > 256));
    });

    it('whose images are only missing where their files are gone since they were resized', async () => {
      cpSync(path('faces'), path('lost-faces'), { recursive: true });
      const folder = path('lost-faces');
      const { name } = openCelebA(folder).split('val')[2]!;
      const file = join(folder, 'img_align_celeba', name);
      const bytes = readFileSync(file);
      const { outcome } = await train({
        config: { ...config, data: { ...config.data, folder } },
        run: path('lost-images'),
        onEvent: (event) => {
          if (event.type === 'evaluated') rmSync(file, { force: true });
          if (event.type === 'end') writeFileSync(file, bytes);
        },
      });
      assert.equal(outcome, 'completed');
      const events = readEvents(path('lost-images'));
      assert.equal(events.filter(({ image }) => image !== undefined).length, 4 + 3);
      assert.match(events.find(({ tag }) => tag === `val/${name}/text_summary`)!.text!, /^cannot be shown: /);
    });

    it('that can be trained again to the same bits', async () => {
      const { comparison, differences, notes } = await replay(path('whole'), { target: path('again-whole') });
      assert.deepEqual([comparison!.same, differences], [true, []]);
      assert.ok(notes.every((note) => /not in its revision/.test(note)));
    });

    it('with thresholds of the attributes, tuned on the validation split', () => {
      const thresholds = loadThresholds(path('whole/checkpoints/best'))!;
      assert.deepEqual(Object.keys(thresholds), [...drawnAttributes]);
      assert.ok(Object.values(thresholds).some((value) => value !== 0.5));
      assert.match(readFileSync(path('whole/report.html'), 'utf8'), /<h2[^>]*>Thresholds/);
    });

    it('that evaluate and predict take', async () => {
      const { analysis, ...rest } = await evaluate(path('whole'));
      assert.deepEqual(rest, metrics.test);
      assert.deepEqual(
        JSON.parse(JSON.stringify(analysis)),
        JSON.parse(readFileSync(path('whole/analysis.json'), 'utf8')),
      );
      for await (const item of predict(path('whole'), [path('faces/img_align_celeba/000051.jpg')])) {
        assert.ok('attributes' in item);
        assert.deepEqual(Object.keys(item.attributes), [...drawnAttributes]);
      }
    });

    it('that a second start does not overwrite, and a resume leaves alone', async () => {
      await assert.rejects(start('whole'), /already holds a run/);
      assert.deepEqual((await start('whole', { resume: true })).metrics, metrics);
    });
  });

  it('interrupted and resumed ends with the same weights', async () => {
    const controller = new AbortController();
    const { outcome } = await start('stopped', {
      signal: controller.signal,
      onEvent: (event) => event.type === 'step' && event.step === 3 && controller.abort(),
    });
    assert.equal(outcome, 'interrupted');
    assert.ok(!existsSync(path('stopped/metrics.json')));
    assert.deepEqual((await start('stopped', { resume: true })).metrics, metrics);
    assert.deepEqual(weights('stopped'), weights('whole'));
    assert.deepEqual(weights('stopped', 'best'), weights('whole', 'best'));
  });

  it('interrupted while it evaluates in the end stays unfinished, and a resume finishes it', async () => {
    const controller = new AbortController();
    const { outcome } = await start('late', {
      signal: controller.signal,
      onEvent: ({ type }) => type === 'end' && controller.abort(),
    });
    assert.equal(outcome, 'interrupted');
    assert.ok(!existsSync(path('late/metrics.json')));
    assert.deepEqual((await start('late', { resume: true })).metrics, metrics);
  });

  it('finished goes on for more epochs, and reports anew', async () => {
    const constant: FaceConfig = { ...config, schedule: { ...config.schedule, kind: 'constant', warmup: 2 } };
    const longer: FaceConfig = { ...constant, epochs: config.epochs + 1 };
    await train({ config: constant, run: path('longer') });
    const { metrics: found } = await train({ config: longer, run: path('longer'), resume: true });
    const whole = await train({ config: longer, run: path('long') });
    assert.deepEqual(found, whole.metrics);
    assert.deepEqual(JSON.parse(readFileSync(path('longer/metrics.json'), 'utf8')), whole.metrics);
    assert.deepEqual(weights('longer'), weights('long'));
  });

  describe('goes on', () => {
    const refusal =
      /^InputError: Cannot resume \S+other: its configuration or its dataset is no longer what the checkpoint was made with; start a new run\.$/;
    const resume = (changed: FaceConfig) => train({ config: changed, run: path('other'), resume: true });
    /** The dataset at another path. */
    const moved = (): FaceConfig => ({ ...config, data: { ...config.data, folder: path('moved') } });

    before(async () => {
      const controller = new AbortController();
      await start('other', { signal: controller.signal, onEvent: ({ type }) => type === 'step' && controller.abort() });
      cpSync(path('faces'), path('moved'), { recursive: true });
    });

    it('with no other configuration', async () => {
      await assert.rejects(
        resume({ ...config, optimizer: { ...config.optimizer, lr: 1 } }),
        /Cannot resume \S+other: its configuration \(optimizer\.lr\) is no longer what the checkpoint was made with;/,
      );
    });

    for (const [split, image] of [
      ['train', '000003'],
      ['val', '000045'],
    ] as const) {
      it(`with no dataset of the same size in which a label of ${split} differs`, async () => {
        const list = join(path('moved'), 'list_attr_celeba.txt');
        const text = readFileSync(list, 'utf8');
        const flipped = text.replace(
          new RegExp(`^(${image}\\.jpg .*)( 1|-1)$`, 'm'),
          (_, row: string, label: string) => row + (label === '-1' ? ' 1' : '-1'),
        );
        assert.notEqual(flipped, text);
        writeFileSync(list, flipped);
        await assert.rejects(resume(moved()), refusal).finally(() => writeFileSync(list, text));
      });
    }

    it('with the same dataset at another path, to the same weights', async () => {
      assert.deepEqual((await resume(moved())).metrics, metrics);
      assert.deepEqual(weights('other'), weights('whole'));
    });
  });

  it('takes up the weights of another run with a new head', async () => {
    await ensureDrawnFaces(path('again'), { train: 16, val: 8, test: 8, size: 32, seed: 1 });
    const model = {
      ...config.model,
      from: path('whole'),
      imageSize: null,
      patchSize: null,
      hiddenSize: null,
      numHiddenLayers: null,
      numAttentionHeads: null,
      intermediateSize: null,
      hiddenDropoutProb: null,
    };
    const tuned = { ...config, epochs: 1, model, data: { ...config.data, folder: path('again') }, balance: true };
    assert.equal((await train({ config: tuned, run: path('tuned') })).outcome, 'completed');
  });

  it('interrupted before it begins leaves no folder behind', async () => {
    const controller = new AbortController();
    const bar = () => ({ update: () => controller.abort(), stop: () => {} });
    const fresh = { ...config, data: { ...config.data, cache: path('second-cache') } };
    const { outcome } = await train({
      config: fresh,
      run: path('early'),
      signal: controller.signal,
      listener: { say: () => {}, bar },
    });
    assert.equal(outcome, 'interrupted');
    assert.ok(!existsSync(path('early')));
  });

  it('leaves no folder behind when the dataset is not there', async () => {
    const lost = { ...config, data: { ...config.data, folder: path('nowhere') } };
    await assert.rejects(
      train({ config: lost, run: path('lost') }),
      /Expected a folder with CelebA at .*nowhere, found nothing/,
    );
    assert.ok(!existsSync(path('lost')));
  });

  describe('looks at the data before the first step', () => {
    let made = 0;
    /** Twelve drawn faces in a folder of their own: eight to train, two each to validate and to test. */
    const faces = async () => {
      const folder = path(`small-${made++}`);
      await ensureDrawnFaces(folder, { train: 8, val: 2, test: 2, size: 32, seed: 3 });
      return folder;
    };
    const rewrite = (file: string, change: (text: string) => string) =>
      writeFileSync(file, change(readFileSync(file, 'utf8')));
    const begin = (folder: string, said: string[] = [], data: Partial<FaceConfig['data']> = {}) =>
      train({
        config: { ...config, epochs: 1, batchSize: 4, data: { ...config.data, folder, ...data } },
        run: `${folder}-run`,
        listener: { say: (sentence) => void said.push(sentence), bar: () => ({ update: () => {}, stop: () => {} }) },
      });

    for (const split of ['train', 'val'] as const) {
      it(`and refuses an image of ${split} that cannot be read, leaving no folder`, async () => {
        const folder = await faces();
        const { name } = openCelebA(folder).split(split)[0]!;
        writeFileSync(join(folder, 'img_align_celeba', name), 'words');
        const message = new RegExp(
          `^1 of the ${split === 'train' ? 8 : 2} images of the ${split} split cannot be read: .*${name}, found text\\. Mend them`,
        );
        await assert.rejects(begin(folder), { code: 'TTS_INPUT', message });
        assert.ok(!existsSync(`${folder}-run`));
      });
    }

    for (const [where, cache] of [
      ['with a cache', 'cache'],
      ['without one', null],
    ] as const) {
      it(`and goes on without images to train on that are damaged, when told so, ${where}`, async () => {
        const folder = await faces();
        const [first, second] = openCelebA(folder).split('train');
        const file = (name: string) => join(folder, 'img_align_celeba', name);
        const bytes = readFileSync(file(first!.name));
        writeFileSync(file(first!.name), bytes.subarray(0, bytes.length - 200));
        writeFileSync(file(second!.name), 'words');
        const said: string[] = [];
        const data = { onError: 'skip', cache: cache && path(cache) } as const;
        const { metrics } = await begin(folder, said, data);
        const names = [first!.name, second!.name];
        assert.match(
          said[0]!,
          /^1 of the 8 images of the train split cannot be read: .*The training goes without them\.$/,
        );
        const skipped = JSON.parse(readFileSync(`${folder}-run/skipped.json`, 'utf8')) as string[];
        assert.equal(skipped.length, 2);
        for (const name of names) {
          assert.ok(
            skipped.some((reason) => reason.includes(name)),
            name,
          );
          assert.ok(metrics!.notes![0]!.includes(name), name);
        }
        assert.match(metrics!.notes![0]!, /^The training left out 2 images that cannot be read: /);
        assert.match(readFileSync(`${folder}-run/report.html`, 'utf8'), /The training left out 2 images/);
        const images = readMetricsLog(`${folder}-run/metrics.jsonl`).filter(({ kind }) => kind === 'train');
        assert.equal(images.length, 1);
        if (cache !== null) return;
        // Told nothing, it stops in the middle of the epoch.
        writeFileSync(file(second!.name), bytes);
        const stopped = train({
          config: { ...config, epochs: 1, data: { ...config.data, folder, cache } },
          run: `${folder}-stopped`,
        });
        await assert.rejects(stopped, new RegExp(`Sample ${first!.name} cannot be loaded: .*damaged or incomplete`));
      });
    }

    it('and refuses an empty validation split', async () => {
      const folder = await faces();
      rewrite(join(folder, 'list_eval_partition.txt'), (text) => text.replace(/ 1$/gm, ' 0'));
      await assert.rejects(
        begin(folder),
        /^InputError: Expected images in the val split of .*, found none: 10 in train, 0 in val, 2 in test\.$/,
      );
    });

    for (const [what, bytes] of [
      ['has no header', 'words'],
      ['is damaged', undefined],
    ] as const) {
      it(`and ends with the figures of the other images when one to test on ${what}`, async () => {
        const folder = await faces();
        const file = join(folder, 'img_align_celeba', openCelebA(folder).split('test')[1]!.name);
        const whole = readFileSync(file);
        writeFileSync(file, bytes ?? whole.subarray(0, whole.length - 200));
        const { metrics } = await begin(folder);
        assert.equal(metrics!.test!.images, 1);
        assert.match(
          metrics!.notes![0]!,
          /^1 of the 2 images of the test split cannot be read: .* The figures under "test" are without them\.$/,
        );
      });
    }

    it('and ends without figures for a test split without images', async () => {
      const folder = await faces();
      rewrite(join(folder, 'list_eval_partition.txt'), (text) => text.replace(/ 2$/gm, ' 0'));
      const said: string[] = [];
      const { outcome, metrics } = await begin(folder, said);
      assert.deepEqual([outcome, metrics!.test, metrics!.val!.images], ['completed', null, 2]);
      assert.match(said[0]!, /^There will be no figures under "test": .* has no images in that split\.$/);
      assert.match(readFileSync(`${folder}-run/report.html`, 'utf8'), /What is missing/);
    });
  });

  it('evaluates averages of the weights where ema asks for them, and keeps these as the best', async () => {
    const averaged = await start('averaged', { config: { ...config, ema: 0.5 } });
    assert.deepEqual(weights('averaged'), weights('whole'));
    assert.notDeepEqual(weights('averaged', 'best'), weights('whole', 'best'));
    const firstEvaluation = (name: string) =>
      readMetricsLog(path(`${name}/metrics.jsonl`)).find(({ kind }) => kind === 'val')!['loss'];
    assert.notEqual(firstEvaluation('averaged'), firstEvaluation('whole'));
    const { analysis: _, ...rest } = await evaluate(path('averaged'));
    assert.deepEqual(rest, averaged.metrics!.test);
  });

  it('refuses a device that is not here', async () => {
    await assert.rejects(
      train({ config: { ...config, device: 'cuda:99' }, run: path('device') }),
      /Expected a device that is here, found "cuda:99"/,
    );
    assert.ok(!existsSync(path('device')));
  });
});
