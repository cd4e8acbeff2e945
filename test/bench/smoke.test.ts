import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNoLink } from '../../bench/hosts';
import { repository } from '../checks/fixture';
import { fakeSide } from './fake-side';

describe('the runner of the benches', function () {
  this.timeout(300_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-runner-'));
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'bench/tsconfig.json'], {
      cwd: repository,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
  });
  after(() => rmSync(folder, { recursive: true }));

  function run(args: readonly string[], python: string): SpawnSyncReturns<string> {
    const env = { ...process.env, TORCHTS_PYTHON: python };
    return spawnSync(process.execPath, [join(repository, 'build/bench/run.js'), ...args], { encoding: 'utf8', env });
  }

  /** A program in Python's place: it has all modules, and is the twin of every case. */
  function fakePython(check: readonly number[]): string {
    const { args } = fakeSide(folder, 'twin', { check, values: [1e-6] });
    const path = join(folder, 'python');
    writeFileSync(path, `#!/bin/sh\n[ "$1" = -c ] && exit 0\nexec ${process.execPath} ${args[0]}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('runs a case beside its twin, and writes the figures where it is told to', () => {
    // What torch.manual_seed(0) gives in Python: the sums of |a + b| and |a @ b| for the first two 8x8 draws.
    const python = fakePython([68.09649658203125, 141.77297973632812]);
    const out = join(folder, 'results');
    const { status, stdout, stderr } = run(['--smoke', '--only', 'operator-call', '--out', out], python);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^One operator\n.*8x8, freed by the collector {2}\| {2}\S+ µs {2}\| {2}1\.00 µs {2}\| {2}\d/m);
    assert.deepEqual(readdirSync(out).sort(), ['results.json', 'results.md']);
  });

  it('fails a case whose twin computes something else', () => {
    const { status, stderr } = run(['--smoke', '--only', 'operator-call'], fakePython([1, 2]));
    assert.equal(status, 1);
    assert.match(stderr, /operator-call: the two sides compute different things/);
  });

  it('leaves the peer’s column empty where there is no Python, and says so', () => {
    const { status, stdout, stderr } = run(['--smoke', '--only', 'operator-call'], join(folder, 'no-such-python'));
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /The peer's column stays empty, for no Python has torch and transformers \(.*no-such-python: it cannot be run/,
    );
    assert.match(stdout, /8x8, freed by the collector {2}\| {2}\S+ µs {2}\| {2}absent {2}\| {2}– /);
  });

  it('runs our side of the cases of detection, each to the end', () => {
    const measures = { matcher: 2, 'voc-evaluator': 2, 'detr-inference': 8, 'detr-train-step': 2 };
    const { status, stdout, stderr } = run(
      ['--smoke', '--only', Object.keys(measures).join()],
      join(folder, 'no-such-python'),
    );
    assert.equal(status, 0, stderr);
    const statistics = stdout.split('\n').filter((line) => line.includes('|  absent  |'));
    assert.equal(
      statistics.length,
      Object.values(measures).reduce((sum, count) => sum + count),
      stdout,
    );
    for (const title of ['DETR matcher', 'Detection evaluator', 'DETR-R50 inference', 'DETR-R50 training step'])
      assert.match(stdout, new RegExp(`^${title}$`, 'm'));
  });

  it('runs two processes on two hosts, or says why it has none', () => {
    const { status, stdout, stderr } = run(['--smoke', '--only', 'two-hosts'], join(folder, 'no-such-python'));
    assert.equal(status, 0, stderr);
    const absent = whyNoLink();
    if (absent === undefined) assert.match(stdout, /^Two hosts\n(.*\|  absent  \|.*\n){8}/m);
    else assert.ok(stderr.includes(`two-hosts: left out, for it makes two hosts of this machine: ${absent}`), stderr);
  });

  it('names the cases when it is asked for another', () => {
    const { status, stderr } = run(['--only', 'nothing'], 'python3');
    assert.equal(status, 2);
    assert.match(stderr, /there is no case 'nothing'[^]*operator-call, operators, vit-inference/);
  });
});
