import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../../ts/errors';
import { EventImages } from '../../../ts/train/dashboard/event-images';
import { FolderRun } from '../../../ts/train/dashboard/folder-run';
import { serveRuns } from '../../../ts/train/dashboard/serve-runs';
import { eventFiles } from '../../../ts/train/tracking/tensorboard/event-files';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { RunFolder } from '../../../ts/train/run';
import { resumeToy, toy, type ToyOptions } from '../toy';
import { ask, firstEvent, press } from './client';

describe('runs in folders', () => {
  let root: string;
  let jpegs: Buffer[];
  let path: string;
  let count = 0;
  const evaluate: ToyOptions['evaluate'] = (_, log) => {
    log.image('val/first', jpegs[count]!);
    log.image('val/second', jpegs[count + 1]!);
    log.text('val/note', `note ${count}`);
    return { accuracy: 0.5 + 0.1 * (count++ % 2) };
  };
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'folders-'));
    jpegs = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 30 * i, g: 0, b: 0 } } })
          .jpeg()
          .toBuffer(),
      ),
    );
    path = join(root, 'runs', 'toy');
    const run = RunFolder.create(path, { note: 'toy', epochs: 3 });
    await toy(run, { evaluate, config: { note: 'toy', epochs: 3 } }).trainer.fit();
    run.release();
  });
  after(() => rmSync(root, { recursive: true }));

  const copy = (name: string) => {
    const target = join(root, 'copies', name);
    cpSync(path, target, { recursive: true });
    return target;
  };
  const refreshed = (folder: string) => {
    const run = new FolderRun(folder, root);
    assert.equal(run.refresh(), true);
    assert.equal(run.refresh(), false, 'nothing has changed');
    return run;
  };

  it('have the images and texts of their evaluations in their event files', () => {
    const images = new EventImages(path);
    const shown = images.refresh();
    assert.deepEqual(
      shown.map(({ step, name, text }) => `${step} ${name} ${text}`),
      [4, 8, 12].flatMap((step, i) => [
        `${step} val/first null`,
        `${step} val/second null`,
        `${step} val/note note ${i}`,
      ]),
    );
    assert.deepEqual([images.image(0), images.image(4)], [jpegs[0], jpegs[2]]);
    for (const index of [2, 9, -1, 0.5, NaN]) assert.equal(images.image(index), undefined);
  });

  it('show what is added to an event file, and forget what a resume has cut off', () => {
    const folder = copy('cut');
    const images = new EventImages(folder);
    const whole = images.refresh();
    const file = eventFiles(folder)[0]!;
    const bytes = readFileSync(file);
    const half = Math.floor(bytes.length / 2);
    writeFileSync(file, bytes.subarray(0, half));
    const cut = images.refresh();
    assert.ok(cut.length > 0 && cut.length < whole.length);
    appendFileSync(file, bytes.subarray(half));
    assert.deepEqual(images.refresh(), whole);
    assert.deepEqual(images.image(7), jpegs[3]);
    rmSync(file);
    assert.deepEqual(images.refresh(), []);
  });

  it('are shown as their files tell', () => {
    const run = refreshed(path);
    const { name, state, epoch, epochs, step, best, score, controls, hasReport } = run.view();
    assert.deepEqual(
      [name, state, epoch, epochs, step, controls, hasReport],
      [join('runs', 'toy'), 'stopped', 3, 3, 12, null, false],
    );
    assert.deepEqual(
      [score, best],
      [
        { name: 'accuracy', mode: 'max' },
        { value: 0.6, epoch: 2, step: 8 },
      ],
    );
    assert.deepEqual(run.entries.items, readMetricsLog(join(path, 'metrics.jsonl')));
    assert.equal(run.system.items.length, run.entries.items.filter(({ kind }) => kind === 'train').length);
    assert.deepEqual(
      run.log.items.map(({ text, level }) => `${level}: ${text}`),
      [
        'info: training begins',
        'good: epoch 1, step 4: accuracy 0.5000 (best so far)',
        'good: epoch 2, step 8: accuracy 0.6000 (best so far)',
        'info: epoch 3, step 12: accuracy 0.5000',
      ],
    );
    assert.ok(run.facts.conditions.some(([key, value]) => key === 'versions' && value.includes('libtorch')));
    assert.match(run.facts.config, /^note: toy\n/);
  });

  it('are read again when they grow, begin anew, or end', async () => {
    const folder = copy('grows');
    const run = refreshed(folder);
    const known = run.entries.items.length;
    const { generation } = run.entries;
    appendFileSync(
      join(folder, 'metrics.jsonl'),
      '{"kind":"train","epoch":4,"step":15,"seconds":9,"loss":0.25,"lr":1}\n{"kind":',
    );
    assert.equal(run.refresh(), true);
    assert.deepEqual(
      [run.entries.items.length, run.entries.generation, run.view().loss],
      [known + 1, generation, 0.25],
    );
    writeFileSync(join(folder, 'metrics.jsonl'), '{"kind":"train","epoch":1,"step":3,"seconds":1,"loss":2,"lr":1}\n');
    run.refresh();
    assert.deepEqual([run.entries.items.length, run.entries.generation], [1, generation + 1]);
    writeFileSync(join(folder, 'metrics.json'), '{}');
    run.refresh();
    assert.equal(run.view().state, 'finished');
    const held = RunFolder.reopen(copy('held'));
    assert.equal(refreshed(held.path).view().state, 'running');
    held.release();
    await resumeToy(copy('resumed'), { evaluate, config: { note: 'toy', epochs: 3 } });
  });

  it('say what is damaged, and keep what was read', () => {
    const folder = copy('damaged');
    const run = refreshed(folder);
    writeFileSync(join(folder, 'metrics.jsonl'), 'no JSON\n');
    run.refresh();
    assert.match(run.log.items.at(-1)!.text, /metrics\.jsonl:1: expected a line of JSON/);
    assert.equal(run.view().step, 12);
  });

  it('are served, and nobody can steer them', async () => {
    const server = await serveRuns([join(root, 'runs')], { host: '127.0.0.1', port: 0 });
    const { data } = await firstEvent(server.address, [], ({ event }) => event === 'runs');
    const [view] = data.runs;
    assert.deepEqual([data.order.length, view.name, view.controls], [1, 'toy', null]);
    const image = await ask(server.address, `/api/runs/${view.id}/images/1`);
    assert.deepEqual([image.status, Number(image.headers['content-length'])], [200, jpegs[1]!.length]);
    assert.equal((await press(server.address, view.id, { action: 'pause' })).status, 409);
    await server.close();
  });

  it('are refused where there is no folder, or the port is in use', async () => {
    const host = '127.0.0.1';
    await assert.rejects(
      serveRuns([join(root, 'nothing')], { host, port: 0 }),
      /Expected a folder of runs at .*nothing/,
    );
    const other = createServer().listen(0, host);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await assert.rejects(
      serveRuns([path], { host, port }),
      (error: Error) => error instanceof InputError && /is in use/.test(error.message),
    );
    other.close();
  });

  describe('by the command line', () => {
    const command = (...args: string[]) => {
      const child = spawn(
        process.execPath,
        [
          '--require',
          require.resolve('tsx/cjs'),
          join(__dirname, '../../../ts/cli/torchts.ts'),
          'runs',
          'serve',
          ...args,
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      child.stdout.setEncoding('utf8');
      child.stderr.setEncoding('utf8');
      return child;
    };

    it('are at the address that is printed, until Ctrl-C', async () => {
      const child = command(path);
      const [line] = (await once(child.stdout, 'data')) as [string];
      const { data } = await firstEvent(line.trim(), [], ({ event }) => event === 'runs');
      assert.equal(data.runs[0].name, basename(path));
      child.kill('SIGINT');
      const [code] = (await once(child, 'exit')) as [number];
      assert.equal(code, 0);
    });

    it('are not where the port is in use or is none', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      for (const [given, status, sentence] of [
        [
          String(port),
          1,
          /^torchts: Port \d+ of 127\.0\.0\.1 is in use: name another one, or none to take one that is free\.\n$/,
        ],
        ['70000', 2, /Expected a port from 0 to 65535/],
      ] as const) {
        const child = command(path, '--port', given);
        let errors = '';
        child.stderr.on('data', (text: string) => (errors += text));
        const [code] = (await once(child, 'close')) as [number];
        assert.equal(code, status);
        assert.match(errors, sentence);
      }
      other.close();
    });
  });
});
