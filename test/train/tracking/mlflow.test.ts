import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { type Conditions, conditionsOf } from '../../../ts/train/reproduce/conditions';
import { RunFolder } from '../../../ts/train/run';
import { readSystemLog } from '../../../ts/train/system-log';
import { Mlflow, type MlflowOptions } from '../../../ts/train/tracking/mlflow';
import type { TrackedRun } from '../../../ts/train/tracking/tracker';
import { Tracking } from '../../../ts/train/tracking/tracking';
import type { Outcome, TrainEvent } from '../../../ts/train/types';
import { resumeToy, toy, type ToyOptions } from '../toy';
import { MlflowServer } from './mlflow-server';

interface Told {
  readonly run?: Omit<TrackedRun, 'warn'>;
  readonly outcome?: Outcome | 'failed';
  readonly lines?: number;
}

describe('reports to MLflow', () => {
  const saved = process.env['MLFLOW_TRACKING_URI'];
  let root: string;
  let server: MlflowServer;
  let url: string;
  let warnings: string[];
  let count = 0;
  let session: Conditions;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'mlflow-'));
    session = await conditionsOf('cpu');
  });
  after(() => rmSync(root, { recursive: true }));
  beforeEach(async () => {
    warnings = [];
    server = new MlflowServer();
    url = await server.start();
  });
  afterEach(async () => {
    if (saved === undefined) delete process.env['MLFLOW_TRACKING_URI'];
    else process.env['MLFLOW_TRACKING_URI'] = saved;
    await server.stop();
  });

  const config = { note: 'toy', optimizer: { lr: 0.05, betas: [0.9, 0.99] }, 'odd:key': null };
  const options = (mlflow: MlflowOptions, given: ToyOptions = {}): ToyOptions => ({
    config,
    ...given,
    tracking: { tensorboard: false, trackers: [new Mlflow({ pausesMs: [5], ...mlflow })] },
    listener: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
      given.listener?.(event);
    },
  });
  const env = (more: Record<string, string> = {}) => ({ MLFLOW_TRACKING_URI: url, ...more });

  const train = async (given: ToyOptions) => {
    const run = RunFolder.create(join(root, `run-${count++}`), config);
    try {
      const { outcome } = await toy(run, given).trainer.fit();
      return { path: run.path, outcome };
    } finally {
      run.release();
    }
  };

  /** A training without one: what trackers are told when it begins. */
  const newRun = (): Omit<TrackedRun, 'warn'> => ({
    path: mkdtempSync(join(root, 'run-')),
    config,
    session: { ...session, began: new Date().toISOString(), step: 0 },
    step: 0,
    resumed: false,
    logBytes: 0,
  });

  /** Tells of a whole training. */
  const report = async (
    given: MlflowOptions,
    { run = newRun(), outcome = 'completed', lines = 1 }: Told = {},
  ): Promise<void> => {
    const mlflow = new Mlflow({ pausesMs: [5], ...given });
    mlflow.begin({ ...run, warn: (message) => warnings.push(message) });
    for (let step = 1; step <= lines; step++) mlflow.metrics({ kind: 'train', epoch: 1, step, seconds: 0, loss: 0.5 });
    await mlflow.end(outcome);
  };

  /** The lines of the log as MLflow has them. */
  const expected = (path: string) =>
    readMetricsLog(join(path, 'metrics.jsonl'))
      .flatMap(({ kind, step, epoch: _, seconds: __, ...values }) =>
        Object.entries(values).map(([key, value]) => `${kind}/${key} ${step} ${value}`),
      )
      .filter((line) => !line.includes('imagesPerSecond'));
  const stored = (id: string) =>
    server.runs
      .get(id)!
      .metrics.map(({ key, step, value }) => `${key} ${step} ${value}`)
      .filter((line) => !/imagesPerSecond|^system/.test(line));

  it('the configuration, every line of the log, and the end', async () => {
    const { path } = await train(options({ env: env() }));
    const run = server.runs.get('run0')!;
    assert.deepEqual([run.experiment, run.name, run.status], ['0', 'run-0', 'FINISHED']);
    assert.deepEqual(run.params, {
      note: 'toy',
      'optimizer.lr': '0.05',
      'optimizer.betas': '[0.9,0.99]',
      odd_key: 'null',
    });
    assert.equal(run.tags['mlflow.source.type'], 'LOCAL');
    assert.deepEqual(stored('run0'), expected(path));
    const ofSystem = run.metrics.filter(({ key }) => key === 'system/memory');
    const lines = readSystemLog(join(path, 'system.jsonl'));
    assert.deepEqual(
      ofSystem.map(({ step, value }) => [step, value]),
      lines.map(({ step, memory }) => [step, memory]),
    );
    assert.deepEqual(warnings, []);
  });

  it('by itself where the environment names a server, and not where that is switched off', async () => {
    process.env['MLFLOW_TRACKING_URI'] = url;
    for (const mlflow of [true, false]) {
      const tracking = new Tracking({ tensorboard: false, mlflow }, (message) => warnings.push(message));
      await tracking.begin(newRun());
      await tracking.end('completed');
    }
    assert.deepEqual([server.runs.size, warnings], [1, []]);
  });

  it('into the experiment that is named, with the name and password that are given', async () => {
    const user = { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 'pw' };
    for (const _ of [1, 2]) await report({ env: env({ MLFLOW_EXPERIMENT_NAME: 'toys', ...user }) });
    assert.deepEqual(
      [...server.experiments],
      [
        ['0', 'Default'],
        ['1', 'toys'],
      ],
    );
    assert.deepEqual([server.runs.get('run0')!.experiment, server.runs.get('run1')!.experiment], ['1', '1']);
    assert.deepEqual([...server.authorizations], [`Basic ${Buffer.from('ann:pw').toString('base64')}`]);
  });

  it('with the token, or what the address holds', async () => {
    await report({ env: env({ MLFLOW_TRACKING_TOKEN: 'secret' }) });
    await report({ env: { MLFLOW_TRACKING_URI: url.replace('//', '//bob:p%40ss@') } });
    const basic = `Basic ${Buffer.from('bob:p@ss').toString('base64')}`;
    assert.deepEqual([...server.authorizations], ['Bearer secret', basic]);
  });

  it('once, however often the training was interrupted', async () => {
    const stop = new AbortController();
    const listener = (event: TrainEvent) => event.type === 'step' && event.step === 6 && stop.abort();
    const { path, outcome } = await train(options({ env: env() }, { signal: stop.signal, listener }));
    assert.deepEqual([outcome, server.runs.get('run0')!.status], ['interrupted', 'KILLED']);
    await resumeToy(path, options({ env: env() }));
    assert.deepEqual([server.runs.size, server.runs.get('run0')!.status], [1, 'FINISHED']);
    assert.deepEqual(stored('run0'), expected(path));
  });

  it('anew where the server has lost the run', async () => {
    const run = newRun();
    await report({ env: env() }, { run, outcome: 'interrupted' });
    server.runs.delete('run0');
    await report({ env: env() }, { run: { ...run, resumed: true, step: 1 } });
    assert.equal(server.runs.get('run0')!.status, 'FINISHED');
    assert.equal(server.requests.filter((request) => request === 'POST runs/create').length, 2);
  });

  it('in requests that are no larger than MLflow allows', async () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`key${i}`, 'x'.repeat(i === 0 ? 7000 : 3)]));
    await report({ env: env() }, { run: { ...newRun(), config: many }, lines: 2500 });
    const { params, metrics } = server.runs.get('run0')!;
    assert.deepEqual([Object.keys(params).length, params['key0']!.length, metrics.length], [250, 6000, 2500]);
  });

  it('that a training failed', async () => {
    await report({ env: env() }, { outcome: 'failed' });
    assert.equal(server.runs.get('run0')!.status, 'FAILED');
  });

  it('later, when the server was away for a while', async () => {
    let failures = 3;
    server.trouble = () => (failures-- > 0 ? [503, {}] : undefined);
    await report({ env: env() });
    assert.deepEqual(stored('run0'), ['train/loss 1 0.5']);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0]!,
      /^MLflow at http:\S+ cannot be reached: it answered 503 to runs\/create\. The training goes on/,
    );
  });

  it('nothing, and ends no training, where there is no server', async () => {
    const gone = new MlflowServer();
    const address = await gone.start();
    await gone.stop();
    const mlflow = new Mlflow({ env: { MLFLOW_TRACKING_URI: address.replace('//', '//name:secret@') }, endMs: 1 });
    await new Promise<void>((resolve) => {
      const warn = (message: string) => resolve(void warnings.push(message));
      mlflow.begin({ ...newRun(), warn });
    });
    await mlflow.end('completed');
    assert.deepEqual(warnings, [
      `MLflow at ${address} cannot be reached: ECONNREFUSED. The training goes on, and MLflow is told when it can be.`,
      'MLflow was not told all of this training; metrics.jsonl in the run folder has it.',
    ]);
  });

  it('no more once the server refuses', async () => {
    server.trouble = (path) => (path === 'runs/log-batch' ? [403, { message: 'Permission denied.' }] : undefined);
    await report({ env: env() });
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0]!,
      /is told no more of this training, which goes on: it answered 403 to runs\/log-batch: Permission denied\.$/,
    );
    assert.equal(server.requests.filter((request) => request === 'POST runs/log-batch').length, 1);
  });

  it('nothing to what is no server', async () => {
    process.env['MLFLOW_TRACKING_URI'] = 'sqlite:///runs.db';
    const tracking = new Tracking({ tensorboard: false }, (message) => warnings.push(message));
    await tracking.begin(newRun());
    await tracking.end('completed');
    assert.deepEqual(warnings, [
      'MLflow is told no more of this training, which goes on: expected MLFLOW_TRACKING_URI to be the http address of a server, found "sqlite:///runs.db".',
    ]);
  });
});
