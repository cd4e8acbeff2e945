import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureDrawnFaces } from '../../ts/tasks/facecls/synth';
import { isLocked } from '../../ts/native/lock';
import { readState } from '../../ts/train/state';
import type { TrialEntry } from '../../ts/train/sweep/journal';
import { program } from './programs';

const FACECLS = program('facecls');

const file = {
  preset: 'tiny',
  config: {
    epochs: 2,
    batchSize: 8,
    device: 'cpu',
    model: { imageSize: 32, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 32 },
    data: { cache: null },
    tracking: { tensorboard: false },
  },
  method: 'grid',
  parameters: { 'optimizer.lr': [1e-4, 1e-2] },
};

describe('facecls sweep', function () {
  this.timeout(240_000);
  let root: string;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [...FACECLS, ...args], { cwd: root, encoding: 'utf8' });
  const write = (name: string, changes: object = {}) =>
    writeFileSync(join(root, name), stringify({ ...file, ...changes }));
  const journal = (folder: string) =>
    readFileSync(join(root, folder, 'trials.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as TrialEntry);

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'facecls-sweep-'));
    await ensureDrawnFaces(join(root, 'faces'), { train: 40, val: 16, test: 8, size: 32 });
    write('sweep.yaml');
  });
  after(() => rmSync(root, { recursive: true }));

  it('trains all trials two at a time, one of which fails, and shows a table', () => {
    write('three.yaml', { parameters: { 'optimizer.lr': [1e-4, 1e-2], 'model.from': [null, './nothing'] } });
    const { status, stdout, stderr } = run(
      'sweep',
      'three.yaml',
      '--folder',
      'three',
      '--data',
      'faces',
      '--parallel',
      '2',
    );
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /^trial +state +meanAccuracy +time +optimizer\.lr +model\.from\n0 +done +0\.\d{4} +\S+( s)? +0\.0001 +null\n/,
    );
    assert.match(stdout, /\n1 +failed +– .*"\.\/nothing"\n/);
    assert.match(
      stdout,
      /\nbest: trial [02], facecls predict three\/trials\/000[02] <image>\nreport: three\/report\.html\n$/,
    );
    assert.match(stderr, /trial 1 failed: facecls: .*nothing/);
    const [best] = journal('three').filter(({ trial, state }) => trial === 2 && state === 'done');
    assert.ok(best!.value! >= 0 && best!.value! <= 1);
    for (const name of ['config.yaml', 'sweep.yaml', 'report.html', 'trials/0000/metrics.json', 'trials/0001.log'])
      assert.ok(existsSync(join(root, 'three', name)), name);
    assert.match(readFileSync(join(root, 'three/trials/0002/config.yaml'), 'utf8'), /lr: 0\.01\n/);
  });

  it('with halving trains the best further, as one that was never stopped', () => {
    write('halved.yaml', { halving: { min: 1, factor: 2 } });
    const { status, stdout, stderr } = run('sweep', 'halved.yaml', '--folder', 'halved', '--data', 'faces', '--json');
    assert.equal(status, 0, stderr);
    const { best, trials } = JSON.parse(stdout) as { best: TrialEntry; trials: TrialEntry[] };
    assert.deepEqual(trials.map(({ units }) => units).sort(), [1, 2]);
    const path = join(root, 'halved/trials', `000${best.trial}`);
    const whole = run(
      ...['train', '--config', 'halved/config.yaml', '--run', 'whole'],
      ...['--set', `optimizer.lr=${String(best.parameters['optimizer.lr'])}`],
    );
    assert.equal(whole.status, 0, whole.stderr);
    const weights = (run: string) => readFileSync(join(run, 'checkpoints/last/model.safetensors'));
    assert.ok(weights(path).equals(weights(join(root, 'whole'))));
  });

  it('stopped by SIGTERM lets its trials save, and goes on', async () => {
    write('one.yaml', { parameters: { 'optimizer.lr': [1e-2] } });
    const child = spawn(
      process.execPath,
      [...FACECLS, 'sweep', 'one.yaml', '--folder', 'stopped', '--data', 'faces', '--set', 'epochs=10'],
      {
        cwd: root,
      },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const trial = join(root, 'stopped/trials/0000');
    while (!existsSync(join(trial, 'checkpoints/last/state.json'))) {
      assert.equal(child.exitCode, null, stderr);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [130, null]);
    assert.match(stderr, /SIGTERM: the trials that run save what there is and stop/);
    assert.equal(isLocked(join(trial, 'train.lock')), false);
    const { step } = readState(join(trial, 'checkpoints/last')).loop;
    assert.ok(step > 0 && step < 50, String(step));
    assert.deepEqual(
      journal('stopped').map(({ state }) => state),
      ['running'],
    );
    const again = run('sweep', '--resume', '--folder', 'stopped');
    assert.equal(again.status, 0, again.stderr);
    assert.match(readFileSync(`${trial}.log`, 'utf8'), /going on with \S+0000 after step \d+ of 50/);
    assert.deepEqual(
      journal('stopped').map(({ trial: number, state }) => `${number} ${state}`),
      ['0 running', '0 running', '0 done'],
    );
  });

  it('refuses keys that do not exist, naming the nearest, before anything is trained', () => {
    write('wrong.yaml', { parameters: { 'optimizer.lrr': [1] } });
    const refused = (args: readonly string[], message: RegExp) => {
      const { status, stderr } = run('sweep', ...args, '--folder', 'wrong', '--data', 'faces');
      assert.match(stderr, message);
      assert.equal(status, 2);
    };
    refused(['wrong.yaml'], /parameters: there is no key "optimizer\.lrr"; did you mean "optimizer\.lr"\?/);
    write('wrong.yaml', { metod: 'grid' });
    refused(['wrong.yaml'], /wrong\.yaml: there is no key "metod"; did you mean "method"\?/);
    write('wrong.yaml', { parameters: { batchSize: [8, 0] } });
    refused(['wrong.yaml'], /"batchSize": .*found 0/);
    refused([], /Expected a file that says what is searched, found none; or --resume with a folder/);
    assert.ok(!existsSync(join(root, 'wrong')));
  });

  it('prints the schema of its file', () => {
    const { stdout, status } = run('sweep', '--print-schema');
    assert.equal(status, 0);
    const schema = JSON.parse(stdout) as { properties: Record<string, { description?: string }> };
    for (const key of ['extends', 'preset', 'config', 'parameters', 'method', 'trials', 'halving', 'metric', 'mode'])
      assert.ok(schema.properties[key]!.description, key);
  });
});
