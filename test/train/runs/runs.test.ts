import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { addRuns } from '../../../ts/cli/runs';
import { InputError, UsageError } from '../../../ts/errors';
import { FileLock } from '../../../ts/native/lock';
import { bestRun, configDifferences } from '../../../ts/train/runs/compare';
import { removeRuns } from '../../../ts/train/runs/remove';
import { findRuns, type RunSummary, summarizeRun } from '../../../ts/train/runs/summary';

interface Made {
  readonly config?: object;
  readonly values?: readonly (number | null)[];
  readonly metric?: string;
  readonly finished?: boolean;
}

describe('runs of a folder', () => {
  let root: string;
  const path = (name: string) => join(root, name);

  const make = (name: string, { config = {}, values = [], metric = 'AP50', finished = true }: Made = {}) => {
    mkdirSync(path(`${name}/checkpoints`), { recursive: true });
    writeFileSync(path(`${name}/config.yaml`), stringify(config));
    const lines = values.flatMap((value, i) => {
      const position = { epoch: i + 1, step: 10 * (i + 1), seconds: 30 * (i + 1) };
      return [
        { kind: 'train', ...position, lr: 0.1, loss: 1 / (i + 1) },
        { kind: 'val', ...position, loss: 2 / (i + 1), [metric]: value },
      ];
    });
    writeFileSync(path(`${name}/metrics.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    if (finished) writeFileSync(path(`${name}/metrics.json`), '{}');
  };

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'runs-'));
    const optimizer = { lr: 0.1 };
    make('models/one', { config: { epochs: 3, optimizer }, values: [0.5, 0.8, 0.7] });
    const second = { epochs: 3, optimizer: { lr: 0.2 }, extra: [1] };
    make('models/two', { config: second, values: [0.6, null], finished: false });
    make('models/sweep/three', { config: { epochs: 3, optimizer } });
    mkdirSync(path('models/no-run'));
    make('faces', { metric: 'meanAccuracy', values: [0.9] });
  });
  after(() => rmSync(root, { recursive: true }));

  const all = (): RunSummary[] => findRuns(path('models')).map((run) => summarizeRun(run, { root: path('models') }));

  it('are found below it too, and told by what their files say', () => {
    const [one, three, two] = all();
    assert.deepEqual([one!.name, three!.name, two!.name], ['one', join('sweep', 'three'), 'two']);
    assert.deepEqual(one, {
      path: path('models/one'),
      name: 'one',
      state: 'finished',
      began: null,
      epoch: 3,
      step: 30,
      seconds: 90,
      loss: 1 / 3,
      score: { name: 'AP50', mode: 'max' },
      best: { value: 0.8, epoch: 2, step: 20 },
    });
    assert.deepEqual([three!.best, three!.step, three!.loss, three!.score], [null, 0, null, null]);
    assert.deepEqual([two!.state, two!.best!.value], ['stopped', 0.6]);
  });

  it('are judged by another metric where that is asked for', () => {
    const { best } = summarizeRun(path('models/one'), { score: { name: 'loss', mode: 'min' } });
    assert.deepEqual(best, { value: 2 / 3, epoch: 3, step: 30 });
    assert.equal(summarizeRun(path('models/one'), { score: { name: 'nothing', mode: 'min' } }).best, null);
  });

  it('go by the score of run.json', () => {
    make('scored', { values: [0.5, 0.8] });
    writeFileSync(path('scored/run.json'), JSON.stringify({ score: { name: 'loss', mode: 'min' }, sessions: [] }));
    const { score, best } = summarizeRun(path('scored'));
    assert.deepEqual([score!.name, best!.value], ['loss', 1]);
    rmSync(path('scored'), { recursive: true });
  });

  it('are compared by where their configurations differ', () => {
    assert.deepEqual(configDifferences(all()), [
      { key: 'optimizer.lr', values: [0.1, 0.1, 0.2] },
      { key: 'extra', values: [undefined, undefined, [1]] },
    ]);
    assert.equal(bestRun(all())!.name, 'one');
    assert.equal(bestRun([]), undefined);
  });

  it('say when one is being trained, which is not deleted', () => {
    const lock = FileLock.tryTake(path('models/two/train.lock'))!;
    try {
      assert.equal(summarizeRun(path('models/two')).state, 'running');
      assert.throws(() => removeRuns([path('models/one'), path('models/two')]), InputError);
    } finally {
      lock.release();
    }
    assert.ok(existsSync(path('models/one')));
    writeFileSync(path('models/two/train.lock'), '1\n'); // as a killed process leaves it
    assert.equal(summarizeRun(path('models/two')).state, 'stopped');
  });

  it('are deleted, all of those named or none', () => {
    make('gone');
    assert.throws(() => removeRuns([path('gone'), path('models')]), UsageError);
    assert.ok(existsSync(path('gone')));
    removeRuns([path('gone')], { dryRun: true });
    assert.ok(existsSync(path('gone')));
    removeRuns([path('gone')]);
    assert.ok(!existsSync(path('gone')));
    assert.throws(() => findRuns(path('gone')), InputError);
  });

  describe('on the command line', () => {
    const call = async (...args: string[]): Promise<string> => {
      const program = new Command('torchts').exitOverride();
      addRuns(program);
      const { write } = process.stdout;
      let output = '';
      process.stdout.write = ((text: string) => Boolean((output += text))) as typeof write;
      try {
        await program.parseAsync(['node', 'torchts', 'runs', ...args]);
      } finally {
        process.stdout.write = write;
      }
      return output;
    };

    it('list', async () => {
      const lines = (await call('list', path('models'))).trimEnd().split('\n');
      assert.match(lines[0]!, /^run +state +epoch +step +time +loss +metric +best +at step$/);
      assert.match(lines[1]!, /^one +finished +3 +30 +1 min 30 s +0\.3333 +AP50 +0\.8000 +20$/);
      assert.match(lines[2]!, /^sweep.three +finished +0 +0 +0 s +– +– +– +–$/);
      assert.deepEqual(JSON.parse(await call('list', path('models'), '--json')), all());
    });

    it('compare', async () => {
      const text = await call('compare', path('models/one'), path('models/two'));
      assert.match(text, /^optimizer\.lr +0\.1 +0\.2$/m);
      assert.match(text, /^extra +– +\[1\]$/m);
      assert.match(text, /^best +0\.8000 +0\.6000$/m);
    });

    it('best', async () => {
      assert.equal((await call('best', path('models'))).trim(), path('models/one'));
      const least = await call('best', path('models'), '--metric', 'AP50', '--mode', 'min');
      assert.equal(least.trim(), path('models/one'));
      await assert.rejects(call('best', root), /go by \w+ and \w+: choose one by the option metric/);
      await assert.rejects(
        call('best', path('models'), '--metric', 'nothing'),
        /No run in .* has an evaluation with nothing yet/,
      );
    });

    it('rm', async () => {
      make('old');
      assert.match(await call('rm', path('old'), '--dry-run'), /old would be deleted$/m);
      assert.match(await call('rm', path('old')), /old deleted$/m);
      assert.ok(!existsSync(path('old')));
    });
  });
});
