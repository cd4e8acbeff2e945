import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Rng } from '../../ts/data/rng';
import { ensureDrawnFaces } from '../../ts/tasks/facecls/synth';

const KILLS = 10;

describe('a training that is killed while its report is written', () => {
  let root: string;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'report-kill-'));
    await ensureDrawnFaces(join(root, 'faces'), { train: 40, val: 10, test: 12, size: 32 });
  });
  after(() => rmSync(root, { recursive: true }));

  /** @param killMs milliseconds from the end of the training to the kill @returns those from it to the end of the process */
  const trainOnce = (
    run: string,
    killMs?: number,
  ): Promise<{ ms: number; signal: string | null; code: number | null }> => {
    const program = join(__dirname, 'report-kill-program.ts');
    const args = ['--require', require.resolve('tsx/cjs'), program, join(root, 'faces'), run];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    let ended = 0;
    child.stdout.once('data', () => {
      ended = performance.now();
      if (killMs !== undefined) void sleep(killMs).then(() => child.kill('SIGKILL'));
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ ms: performance.now() - ended, signal, code }));
    });
  };

  /** What is there for people and programs to look at. */
  const leftBy = (run: string): Record<string, string> => {
    const files = ['metrics.json', 'analysis.json', 'checkpoints/best/thresholds.json'];
    const samples = readdirSync(join(run, 'samples')).map((name) => `samples/${name}`);
    return Object.fromEntries([...files, ...samples].map((name) => [name, readFileSync(join(run, name), 'base64')]));
  };
  /** The whole report but for what tells of time and folder. */
  const tablesOf = (run: string) =>
    [...readFileSync(join(run, 'report.html'), 'utf8').matchAll(/<tbody>.*?<\/tbody>/gs)].map(([body]) => body);

  it(`${KILLS} times, leaves the report of one that was left alone`, async () => {
    const [whole, broken] = [join(root, 'whole'), join(root, 'broken')];
    const { ms, code } = await trainOnce(whole);
    assert.equal(code, 0);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const rng = new Rng(seed);
    let killed = 0;
    for (let i = 0; i < KILLS; i++) {
      // Where it was through, its last word is taken away, so that the next one has all of the report to write again.
      if ((await trainOnce(broken, rng.uniform() * ms)).signal === 'SIGKILL') killed++;
      rmSync(join(broken, 'metrics.json'), { force: true });
    }
    assert.equal((await trainOnce(broken)).code, 0);
    assert.ok(killed >= KILLS / 2, `${killed} kills came before the end`);
    assert.deepEqual(leftBy(broken), leftBy(whole), `with the seed ${seed}`);
    assert.deepEqual(tablesOf(broken).length, tablesOf(whole).length);
    assert.deepEqual(tablesOf(broken).slice(1), tablesOf(whole).slice(1), `with the seed ${seed}`);
  });
});
