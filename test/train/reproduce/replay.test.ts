import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReplay } from '../../../ts/cli/replay';
import { InputError, UsageError } from '../../../ts/errors';
import { packageVersion } from '../../../ts/native/package';
import * as torch from '../../../ts/tensor';
import type { ConfigTree } from '../../../ts/train/config/keys';
import type { ConfigSources } from '../../../ts/train/config/resolve';
import { compareRuns } from '../../../ts/train/reproduce/compare';
import { gitState } from '../../../ts/train/reproduce/conditions';
import { replayRun, type ReplayedTask } from '../../../ts/train/reproduce/replay';
import { readRunFile } from '../../../ts/train/reproduce/run-file';
import { TrainControls } from '../../../ts/train/controls';
import { readLearningRateChanges } from '../../../ts/train/learning-rate-changes';
import type { TrainEvent } from '../../../ts/train/types';
import { type TrainOptions, withRun } from '../../../ts/train/with-run';
import { resumeToy, toy } from '../toy';

/** A task that trains the toy; `clip` is in its configuration. */
const task: ReplayedTask<ConfigTree> = {
  resolve: ({ base }: ConfigSources) => base,
  train: (options: TrainOptions<ConfigTree>) =>
    withRun(options, async (run) => {
      const { config, signal, onEvent, controls } = options;
      const plan = { epochs: 2, clipNorm: config['clip'] as number };
      const { outcome, best } = await toy(run, {
        plan,
        config,
        signal,
        listener: onEvent,
        fit: { controls },
      }).trainer.fit();
      if (outcome === 'interrupted') return { outcome };
      run.write('metrics.json', JSON.stringify({ best: best!.score }));
      return { outcome };
    }),
};

describe('a run that is trained again', () => {
  let root: string;
  let first: string;
  let threads: number;
  const path = (name: string) => join(root, name);
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'replay-'));
    threads = torch.getNumThreads();
    first = path('first');
    await task.train({ config: { clip: 1 }, run: first });
  });
  after(() => {
    torch.setNumThreads(threads);
    rmSync(root, { recursive: true });
  });

  it('ends with the same bits where a person has changed the learning rate', async () => {
    const steered = path('steered');
    const controls = new TrainControls();
    const onEvent = ({ type, step }: TrainEvent) => type === 'step' && step === 3 && controls.scaleLearningRate(0.5);
    await task.train({ config: { clip: 1 }, run: steered, controls, onEvent });
    assert.equal(compareRuns(first, steered).same, false);
    const { target, comparison } = await replayRun(steered, task);
    assert.equal(comparison?.same, true);
    assert.deepEqual(readLearningRateChanges(target), [{ step: 3, factor: 0.5 }]);
  });

  it('is trained on the device that auto meant then, and nobody is told', async () => {
    const seen: ConfigTree[] = [];
    const watched: ReplayedTask<ConfigTree> = {
      ...task,
      train: (options) => {
        seen.push(options.config);
        return task.train(options);
      },
    };
    const quiet = { tensorboard: false, mlflow: false };
    /** The configuration of a second run, of one that had this configuration, and a session on this device. */
    const configOf = async (name: string, config: ConfigTree, device: string | null): Promise<ConfigTree> => {
      cpSync(first, path(name), { recursive: true });
      writeFileSync(path(`${name}/config.yaml`), JSON.stringify(config));
      const file = path(`${name}/run.json`);
      if (device === null) rmSync(file);
      else writeFileSync(file, readFileSync(file, 'utf8').replace('"device": "cpu"', `"device": "${device}"`));
      await replayRun(path(name), watched);
      return seen.at(-1)!;
    };
    const auto = { clip: 1, device: 'auto', tracking: { images: 2, tensorboard: true } };
    const told = { images: 2, ...quiet };
    assert.deepEqual(await configOf('auto-cpu', auto, 'cpu'), { clip: 1, device: 'cpu', tracking: told });
    assert.deepEqual(await configOf('auto-gpu', auto, 'cuda:0'), { clip: 1, device: 'auto', tracking: told });
    assert.deepEqual(await configOf('auto-unknown', auto, null), { clip: 1, device: 'auto', tracking: told });
    assert.deepEqual(await configOf('unsaid', { clip: 1 }, 'cpu'), { clip: 1, device: 'auto', tracking: quiet });
    assert.deepEqual(await configOf('named', { clip: 1, device: 'cuda:1', tracking: 3 }, 'cpu'), {
      ...{ clip: 1, device: 'cuda:1' },
      tracking: quiet,
    });
  });

  it('ends with the same bits', async () => {
    const replay = await replayRun(first, task);
    assert.equal(replay.target, path('first-replay'));
    assert.deepEqual(replay.comparison, {
      same: true,
      checkpoints: { last: true, best: true },
      weightDistance: 0,
      firstDifference: null,
      metrics: true,
    });
    assert.deepEqual(replay.differences, []);
    assert.match(
      describeReplay(replay),
      /^\S+first-replay ended with the same bits as \S+first: checkpoints, log and metrics\./,
    );
  });

  it('has the threads that it had then, and leaves those of the process as they were', async () => {
    const file = join(first, 'run.json');
    const text = readFileSync(file, 'utf8');
    const written = readRunFile(first)!;
    writeFileSync(file, JSON.stringify({ ...written, sessions: [{ ...written.sessions[0]!, threads: 1 }] }));
    torch.setNumThreads(2);
    try {
      await replayRun(first, task, { target: path('threads') });
      assert.equal(readRunFile(path('threads'))!.sessions[0]!.threads, 1);
      assert.equal(torch.getNumThreads(), 2);
    } finally {
      torch.setNumThreads(threads);
      writeFileSync(file, text);
    }
  });

  it('that differs is told from the first step that does, with what else is different', async () => {
    const other = path('other');
    cpSync(first, other, { recursive: true });
    writeFileSync(join(other, 'config.yaml'), 'clip: 0.01\n');
    const written = readRunFile(other)!;
    const sessions = [{ ...written.sessions[0]!, libtorch: '1.0.0', git: { revision: 'a'.repeat(40), clean: false } }];
    const changed = { ...written, dataset: { train: 'b'.repeat(64) }, sessions };
    writeFileSync(join(other, 'run.json'), JSON.stringify(changed));
    const replay = await replayRun(other, task);
    const { same, checkpoints, weightDistance, firstDifference } = replay.comparison!;
    assert.deepEqual([same, checkpoints], [false, { last: false, best: false }]);
    assert.ok(weightDistance! > 0);
    assert.equal(firstDifference!.step, 3);
    assert.deepEqual(replay.differences, [
      { name: 'libtorch', then: '1.0.0', now: torch.version },
      { name: 'dataset', then: 'train "bbbbbbbbbbb…', now: null },
    ]);
    const text = describeReplay(replay);
    for (const part of [
      /did not end with the same bits/,
      /libtorch was 1\.0\.0, is 2/,
      /changes that are not in its revision/,
    ])
      assert.match(text, part);
  });

  it('is refused where there is no run, none that is finished, or one in the way', async () => {
    await assert.rejects(replayRun(root, task), UsageError);
    await assert.rejects(replayRun(first, task, { target: first }), /already holds a run/);
    const open = path('open');
    cpSync(first, open, { recursive: true });
    rmSync(join(open, 'metrics.json'));
    await assert.rejects(
      replayRun(open, task),
      (error) => error instanceof InputError && /not finished/.test(error.message),
    );
  });

  it('is not compared when it was interrupted', async () => {
    const stop = new AbortController();
    const replay = await replayRun(first, task, {
      target: path('stopped'),
      signal: stop.signal,
      onEvent: ({ type }) => type === 'step' && stop.abort(),
    });
    assert.deepEqual([replay.outcome, replay.comparison], ['interrupted', null]);
    assert.match(describeReplay(replay), /stopped before the end/);
  });

  it('is compared with what there is of the other', () => {
    const { same, checkpoints, weightDistance } = compareRuns(first, path('nothing'));
    assert.deepEqual([same, checkpoints, weightDistance], [false, { last: false, best: false }, null]);
  });

  describe('leaves run.json', () => {
    it('with versions, machine, command and data', () => {
      const { seed, score, sessions } = readRunFile(first)!;
      assert.deepEqual([seed, score], [5, { name: 'accuracy', mode: 'max' }]);
      const [session] = sessions;
      assert.equal(sessions.length, 1);
      assert.deepEqual(
        [session!.step, session!.torchts, session!.libtorch, session!.node, session!.device, session!.gpu],
        [0, packageVersion(), torch.version, process.version, 'cpu', null],
      );
      assert.equal(session!.threads, threads);
      assert.deepEqual(session!.command, process.argv);
      assert.match(session!.began, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it('with each session of a run that was resumed', async () => {
      const stop = new AbortController();
      const run = path('resumed');
      const config = { note: 'toy', clip: 1 };
      await task.train({
        config,
        run,
        signal: stop.signal,
        onEvent: (event) => event.type === 'step' && event.step === 2 && stop.abort(),
      });
      await resumeToy(run, { config, plan: { epochs: 2, clipNorm: 1 } });
      assert.deepEqual(
        readRunFile(run)!.sessions.map(({ step }) => step),
        [0, 2],
      );
    });

    it('with the revision of a repository, and whether it was changed', async function () {
      const folder = path('code');
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b', '-C', folder, ...args], { stdio: 'pipe' });
      try {
        execFileSync('git', ['init', '-q', folder], { stdio: 'pipe' });
      } catch {
        this.skip();
      }
      writeFileSync(join(folder, 'code.ts'), '1');
      git('add', '.');
      git('commit', '-qm', 'One');
      const revision = git('rev-parse', 'HEAD').toString().trim();
      writeFileSync(join(folder, 'models'), 'not of the code');
      assert.deepEqual(await gitState(folder), { revision, clean: true });
      writeFileSync(join(folder, 'code.ts'), '2');
      assert.deepEqual(await gitState(folder), { revision, clean: false });
      assert.equal(await gitState(join(folder, 'nowhere')), null);
    });
  });
});
