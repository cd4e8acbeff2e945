import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import * as torch from '../../../ts/tensor';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { RunFolder } from '../../../ts/train/run';
import { readSystemLog } from '../../../ts/train/system-log';
import { eventFiles } from '../../../ts/train/tracking/tensorboard/event-files';
import type { EvaluationLog } from '../../../ts/train/tracking/tracker';
import type { TrainEvent } from '../../../ts/train/types';
import { resumeToy, toy, type ToyOptions } from '../toy';
import { readEvents } from './read-events';

const HISTOGRAM_STEPS = 4;

describe('event files of TensorBoard', () => {
  let root: string;
  let jpeg: Buffer;
  let whole: string;
  let count = 0;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'events-'));
    jpeg = await sharp({ create: { width: 6, height: 4, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    whole = await train();
  });
  after(() => rmSync(root, { recursive: true }));

  /** An evaluation that shows something of each kind. */
  const evaluate = (_: AbortSignal, log: EvaluationLog) => {
    log.image('val/one', jpeg);
    log.text('val/note', '**good**');
    log.histogram('val/logits', torch.tensor([0, 0, 1, 4, NaN]));
    return Promise.resolve({ accuracy: 0.5 });
  };
  const options: ToyOptions = {
    evaluate,
    tracking: { histogramSteps: HISTOGRAM_STEPS },
    config: { note: 'toy', lr: 0.05, list: [1, 2], none: null },
  };

  const begin = async (given: ToyOptions): Promise<RunFolder> => {
    const run = RunFolder.create(join(root, String(count++)), { note: 'toy' });
    try {
      await toy(run, { ...options, ...given }).trainer.fit();
    } finally {
      run.release();
    }
    return run;
  };
  const train = async (given: ToyOptions = {}) => (await begin(given)).path;

  /** What stands in the files: tag, step and value, without the times. */
  const content = (path: string) =>
    readEvents(path)
      .filter(
        ({ tag, plugin }) =>
          tag !== 'train/imagesPerSecond' && plugin?.name !== 'hparams' && !/^(config|session|system)/.test(tag),
      )
      .map(({ seconds: _, ...event }) => event)
      .sort((a, b) => a.step - b.step || (a.tag < b.tag ? -1 : 1));

  const scalarsOfLog = (path: string) =>
    readMetricsLog(join(path, 'metrics.jsonl')).flatMap(({ kind, step, epoch: _, seconds: __, ...values }) =>
      Object.entries(values).map(([key, value]) => [`${kind}/${key}`, step, Math.fround(value as number)]),
    );
  const scalarsOfSystem = (path: string) =>
    readSystemLog(join(path, 'system.jsonl')).flatMap(({ step, ...values }) =>
      Object.entries(values).map(([key, value]) => [`system/${key}`, step, Math.fround(value)]),
    );
  const scalars = (path: string, ofSystem = false) =>
    readEvents(path).flatMap(({ tag, step, scalar }) =>
      scalar === undefined || tag === 'train/epoch' || tag.startsWith('system/') !== ofSystem
        ? []
        : [[tag, step, scalar]],
    );

  it('hold the scalars of metrics.jsonl', () => {
    assert.ok(scalarsOfLog(whole).length > 20);
    assert.deepEqual(scalars(whole), scalarsOfLog(whole));
  });

  it('hold those of system.jsonl', () => {
    assert.ok(scalarsOfSystem(whole).length > 6);
    assert.deepEqual(scalars(whole, true), scalarsOfSystem(whole));
  });

  it('hold images, texts and histograms of each evaluation, and the configuration', () => {
    const events = readEvents(whole);
    const steps = (tag: string) => events.filter((event) => event.tag === tag).map(({ step }) => step);
    for (const tag of ['val/one', 'val/note/text_summary', 'val/logits']) assert.deepEqual(steps(tag), [4, 8, 12], tag);
    const { image } = events.find(({ tag }) => tag === 'val/one')!;
    assert.deepEqual([image!.width, image!.height], [6, 4]);
    assert.ok(image!.encoded.equals(jpeg));
    const { histogram } = events.find(({ tag }) => tag === 'val/logits')!;
    assert.deepEqual([histogram!.min, histogram!.max, histogram!.counts.length], [0, 4, 64]);
    assert.deepEqual([histogram!.counts[0], histogram!.counts[16], histogram!.counts[63]], [2, 1, 1]);
    assert.equal(histogram!.limits.at(-1), 4);
    assert.match(events.find(({ tag }) => tag === 'config/text_summary')!.text!, /^```yaml\nnote: toy\nlr: 0\.05\n/);
  });

  it('hold weights and their gradients where that was asked for', () => {
    const events = readEvents(whole);
    for (const tag of ['weights/0.weight', 'gradients/3.bias']) {
      const found = events.filter((event) => event.tag === tag);
      assert.deepEqual(
        found.map(({ step }) => step),
        [4, 8, 12],
      );
    }
    const { histogram } = events.find(({ tag, step }) => tag === 'weights/0.weight' && step === 4)!;
    assert.equal(
      histogram!.counts.reduce((sum, value) => sum + value, 0),
      16,
    );
  });

  describe('after an interrupted training', () => {
    const stopAt = (type: TrainEvent['type'], step: number): ToyOptions => {
      const controller = new AbortController();
      const listener = (event: TrainEvent) =>
        event.type === type && 'step' in event && event.step === step && controller.abort();
      return { signal: controller.signal, listener };
    };

    for (const [where, stop] of [
      ['in an epoch', () => stopAt('step', 6)],
      ['at a step whose evaluation is still owed', () => stopAt('step', 8)],
      ['after an evaluation', () => stopAt('evaluated', 4)],
    ] as const) {
      it(`${where} are those of one that was not`, async () => {
        const path = await train(stop());
        await resumeToy(path, options);
        assert.equal(eventFiles(path).length, 2);
        assert.deepEqual(content(path), content(whole));
      });
    }

    /** Lets a run go on from an earlier state than the one that it was killed in. */
    const killed = async (step: number, evaluated: boolean): Promise<string> => {
      const copy = join(root, `killed-${count++}`);
      const listener = (event: TrainEvent) => {
        if (event.type !== 'checkpoint' || event.step !== step || (evaluated && seen++ === 0)) return;
        cpSync(join(path, 'checkpoints'), copy, { recursive: true });
      };
      let seen = 0;
      const path = join(root, String(count));
      await train({ listener });
      rmSync(join(path, 'checkpoints'), { recursive: true });
      cpSync(copy, join(path, 'checkpoints'), { recursive: true });
      return path;
    };

    for (const [where, step, evaluated] of [
      ['before an evaluation', 4, false],
      ['after an evaluation', 8, true],
    ] as const) {
      it(`and killed long after a checkpoint ${where}, nothing stands twice`, async () => {
        const path = await killed(step, evaluated);
        await resumeToy(path, options);
        assert.deepEqual(content(path), content(whole));
        assert.deepEqual(scalars(path).length, scalarsOfLog(path).length);
      });
    }

    it('are sorted by their sessions when the clock goes backwards', async () => {
      const path = await train(stopAt('step', 6));
      const { now } = Date;
      Date.now = () => now() - 1e9;
      try {
        await resumeToy(path, options);
      } finally {
        Date.now = now;
      }
      assert.deepEqual(content(path), content(whole));
      assert.deepEqual(eventFiles(path), [...eventFiles(path)].sort());
    });
  });

  it('are not written where that is switched off, and change no weight', async () => {
    const path = await train({ tracking: { tensorboard: false } });
    assert.deepEqual(eventFiles(path), []);
    const weights = (run: string) => readFileSync(join(run, 'checkpoints/last/model.safetensors'));
    assert.ok(weights(path).equals(weights(whole)));
  });

  it('that cannot be written end no training', async () => {
    const warnings: string[] = [];
    const run = RunFolder.create(join(root, String(count++)), { note: 'toy' });
    const broken = {
      name: 'Broken',
      metrics: () => {
        throw new Error('disk full');
      },
    };
    const { trainer } = toy(run, {
      tracking: { trackers: [broken] },
      listener: (event) => event.type === 'warning' && warnings.push(event.message),
    });
    assert.equal((await trainer.fit()).outcome, 'completed');
    run.release();
    assert.deepEqual(warnings, ['Broken is told no more of this training, which goes on: disk full.']);
    assert.deepEqual(scalars(run.path), scalarsOfLog(run.path));
  });

  it('refuse what is no image when it is shown', async () => {
    const wrong = (_: AbortSignal, log: EvaluationLog) => {
      log.image('val/one', Buffer.from('words'));
      return Promise.resolve({ accuracy: 0.5 });
    };
    await assert.rejects(begin({ evaluate: wrong }), {
      code: 'TTS_INPUT',
      message: /^evaluate: expected a JPEG or PNG file for val\/one, found text$/,
    });
  });

  it('are read by TensorBoard', function () {
    const python = process.env['TORCHTS_PYTHON'];
    if (!python || spawnSync(python, ['-c', 'import tensorboard']).status !== 0) this.skip();
    this.timeout(60_000);
    const script = join(__dirname, 'read_events.py');
    const { status, stdout, stderr } = spawnSync(python, [script, whole], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const read = JSON.parse(stdout) as {
      scalars: [string, number, number][];
      images: [string, number, number, number, string][];
      texts: [string, number, string][];
      histograms: [string, number, number][];
      hparams: Record<string, unknown>;
      status: string;
    };
    const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();
    assert.deepEqual(
      sorted(read.scalars.filter(([tag]) => tag !== 'train/epoch')),
      sorted([...scalarsOfLog(whole), ...scalarsOfSystem(whole)]),
    );
    assert.deepEqual(
      read.images.map(([tag, step, width, height]) => [tag, step, width, height]),
      [4, 8, 12].map((step) => ['val/one', step, 6, 4]),
    );
    assert.ok(read.images.every(([, , , , encoded]) => Buffer.from(encoded, 'base64').equals(jpeg)));
    assert.deepEqual(
      read.histograms.filter(([tag]) => tag === 'val/logits'),
      [4, 8, 12].map((step) => ['val/logits', step, 4]),
    );
    assert.ok(read.texts.some(([tag, , text]) => tag === 'val/note/text_summary' && text === '**good**'));
    assert.deepEqual(read.hparams, { note: 'toy', lr: 0.05, list: '[1,2]', none: 'null' });
    assert.equal(read.status, 'STATUS_SUCCESS');
  });
});
