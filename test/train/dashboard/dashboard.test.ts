import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../../ts/errors';
import { Dashboard } from '../../../ts/train/dashboard/dashboard';
import { TrainControls } from '../../../ts/train/controls';
import { fit } from '../../../ts/train/fit';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { RunFolder } from '../../../ts/train/run';
import type { TrainEvent } from '../../../ts/train/types';
import { loader, resumeToy, toy, type ToyOptions, weights } from '../toy';
import * as nn from '../../../ts/nn';
import { ask, events, firstEvent, press } from './client';

describe('a training with a dashboard', () => {
  let root: string;
  let count = 0;
  let jpeg: Buffer;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'watched-'));
    jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
  });
  after(() => rmSync(root, { recursive: true }));

  const newRun = () => RunFolder.create(join(root, String(count++)), { note: 'toy' });
  const train = async (options: ToyOptions = {}) => {
    const run = newRun();
    const { model, trainer } = toy(run, options);
    const { outcome } = await trainer.fit();
    run.release();
    return { run, model, outcome };
  };
  const log = (run: RunFolder) =>
    readMetricsLog(run.file('metrics.jsonl')).map(({ seconds: _, imagesPerSecond: __, ...entry }) => entry);
  const evaluate: ToyOptions['evaluate'] = (_, shown) => {
    if (shown.wantsImages) shown.image('val/first', jpeg);
    shown.text('val/note', 'a note');
    return { accuracy: 0.5 };
  };

  it('ends with the same bits while somebody looks, pauses, saves and goes on', async () => {
    const plain = await train({ tracking: { tensorboard: false } });
    const dashboard = await Dashboard.open();
    const controls = new TrainControls();
    controls.pause(); // until the browser is there
    const training = train({ fit: { dashboard, controls }, tracking: { tensorboard: false } });
    let pressed = 0;
    const buttons = [{ action: 'checkpoint' }, { action: 'resume' }];
    for await (const { event, data } of events(dashboard.address, ['live-1'])) {
      if (event === 'runs' && data.runs[0]?.state === 'paused' && pressed === 0)
        for (const button of buttons) {
          assert.equal((await press(dashboard.address, 'live-1', button)).status, 202);
          pressed++;
        }
      if (event === 'runs' && data.runs[0]?.state === 'finished') break;
    }
    assert.equal(pressed, 2);
    const { run, model, outcome } = await training;
    assert.equal(outcome, 'completed');
    assert.deepEqual(weights(model), weights(plain.model));
    assert.deepEqual(log(run), log(plain.run));
    await dashboard.close();
  });

  it('tells the page what metrics.jsonl, system.jsonl and the evaluations have', async () => {
    const dashboard = await Dashboard.open();
    const { run } = await train({ fit: { dashboard }, evaluate });
    dashboard.say('that was it');
    const { data } = await firstEvent(
      dashboard.address,
      ['live-1'],
      ({ event, data }) =>
        event === 'run' && data.entries.items.length === readMetricsLog(run.file('metrics.jsonl')).length,
    );
    assert.deepEqual(data.entries.items, readMetricsLog(run.file('metrics.jsonl')));
    const trained = readMetricsLog(run.file('metrics.jsonl')).filter(({ kind }) => kind === 'train');
    assert.deepEqual(
      data.system.items.map(({ step }: { step: number }) => step),
      trained.map(({ step }) => step),
    );
    for (const { dataWait, memory, samplesPerSecond } of data.system.items)
      assert.ok(dataWait >= 0 && dataWait <= 1 && memory > 2 ** 20 && samplesPerSecond > 0);
    assert.deepEqual(
      data.shown.items.map(({ step, name, text }: { step: number; name: string; text: string | null }) => [
        step,
        name,
        text,
      ]),
      [4, 8, 12].flatMap((step) => [
        [step, 'val/first', null],
        [step, 'val/note', 'a note'],
      ]),
    );
    const image = await ask(dashboard.address, '/api/runs/live-1/images/0');
    assert.equal(image.headers['content-length'], String(jpeg.length));
    assert.match(data.facts.config, /note: toy/);
    const { data: runs } = await firstEvent(dashboard.address, [], ({ event }) => event === 'runs');
    const [view] = runs.runs;
    assert.deepEqual([view.step, view.steps, view.epochs, view.state, view.controls], [12, 12, 3, 'finished', null]);
    assert.deepEqual(view.best, { value: 0.5, epoch: 1, step: 4 });
    await dashboard.close();
  });

  it('changes the learning rate and ends after the epoch by buttons, and a resume shows what was before', async () => {
    const dashboard = await Dashboard.open();
    const controls = new TrainControls();
    const listener = ({ type, step }: TrainEvent) => type === 'step' && step === 5 && controls.pause();
    const training = train({ fit: { dashboard, controls }, evaluate, listener });
    for await (const { event, data } of events(dashboard.address, ['live-1'])) {
      if (event !== 'runs' || data.runs[0]?.state !== 'paused') continue;
      for (const command of [{ action: 'scaleLearningRate', factor: 2 }, { action: 'stop' }, { action: 'resume' }])
        await press(dashboard.address, 'live-1', command);
      break;
    }
    const { run, outcome } = await training;
    assert.equal(outcome, 'interrupted');
    await resumeToy(run.path, { fit: { dashboard }, evaluate });
    const { data } = await firstEvent(dashboard.address, ['live-2'], ({ event }) => event === 'run');
    const read = readMetricsLog(run.file('metrics.jsonl'));
    assert.deepEqual(data.entries.items, read);
    assert.deepEqual([...new Set(data.shown.items.map(({ step }: { step: number }) => step))], [4, 8, 12]);
    assert.equal((await ask(dashboard.address, '/api/runs/live-2/images/0')).body.length > 0, true);
    await dashboard.close();
  });

  it('is shown beside the runs next to it, and beside another one of the process', async () => {
    const dashboard = await Dashboard.open();
    const before = await train();
    await Promise.all([train({ fit: { dashboard } }), train({ fit: { dashboard } })]);
    const { data } = await firstEvent(dashboard.address, [], ({ event }) => event === 'runs');
    assert.deepEqual(data.order.slice(0, 2), ['live-2', 'live-1']);
    const paths = data.runs.map(({ path }: { path: string }) => path);
    assert.ok(paths.includes(before.run.path));
    assert.equal(new Set(paths).size, paths.length, 'no run stands twice');
    await dashboard.close();
  });

  it('opens one of its own, says where, and closes it', async () => {
    const model = new nn.Sequential(new nn.Linear(2, 1));
    const seen: TrainEvent[] = [];
    let status = 0;
    await fit({
      model,
      data: loader(),
      loss: ({ x, y }) => nn.functional.binaryCrossEntropyWithLogits(model.forward(x), y),
      epochs: 1,
      run: join(root, 'own'),
      dashboard: true,
      onEvent: (event) => seen.push(event),
      onStep: async () => {
        const [first] = seen;
        status = first?.type === 'dashboard' ? (await ask(first.address)).status : 0;
      },
    });
    assert.equal(status, 200);
    const [first] = seen;
    assert.ok(first?.type === 'dashboard');
    await assert.rejects(ask(first.address), /ECONNREFUSED/);
  });

  it('goes on when the server dies, and says so', async () => {
    const plain = await train();
    const dashboard = await Dashboard.open();
    const controls = new TrainControls();
    const warnings: string[] = [];
    const { run, model, outcome } = await train({
      fit: { dashboard, controls },
      listener: (event) => {
        if (event.type === 'warning') {
          warnings.push(event.message);
          controls.resume();
        }
        if (event.type !== 'step' || event.step !== 2) return;
        // A message that no training sends: the thread ends, as by a fault of its own. Until that is known no further step is made.
        dashboard._send({ type: 'start', run: 'x', start: null as never });
        controls.pause();
      },
    });
    assert.equal(outcome, 'completed');
    assert.match(warnings.join(), /^The dashboard has ended, the training goes on: /);
    assert.deepEqual(weights(model), weights(plain.model));
    assert.deepEqual(log(run), log(plain.run));
    await dashboard.close();
  });

  describe('that cannot listen', () => {
    it('says that the port is in use, before a run begins', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      await assert.rejects(
        Dashboard.open({ port }),
        (error: Error) =>
          error instanceof InputError && error.message.startsWith(`Port ${port} of 127.0.0.1 is in use: `),
      );
      other.close();
    });

    it('says what is wrong with an address, a port or an option', async () => {
      await assert.rejects(Dashboard.open({ host: '192.0.2.1' }), /192\.0\.2\.1 is no address of this machine/);
      await assert.rejects(
        Dashboard.open({ port: 70_000 }),
        /expected a whole number from 0 to 65535 for port, found 70000/,
      );
      await assert.rejects(Dashboard.open({ host: '' }), InputError);
      await assert.rejects(Dashboard.open({ prot: 1 } as object), /the option 'prot' does not exist/);
      const options = { model: new nn.Linear(1, 1), data: loader(), loss: () => null as never, epochs: 1 };
      await assert.rejects(
        fit({ ...options, run: join(root, 'none'), dashboard: 80 as never }),
        /for dashboard, found 80/,
      );
      await assert.rejects(
        fit({ ...options, run: join(root, 'none'), controls: {} as never }),
        /TrainControls for controls/,
      );
      assert.ok(!existsSync(join(root, 'none')));
    });
  });

  it('is loaded by nobody who has none', () => {
    const script = `
      require('tsx/cjs');
      require(${JSON.stringify(join(__dirname, '../../../ts/train'))});
      require(${JSON.stringify(join(__dirname, '../../../ts/tasks/facecls'))});
      console.log(Object.keys(require.cache).filter((name) => /node_modules.(fastify|pino|ajv)|dashboard.(server|worker|page)\\./.test(name)).length);
    `;
    assert.equal(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }), '0\n');
  });
});
