import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { InputError, UsageError } from '../../../ts/errors';
import { resolveFaceConfig } from '../../../ts/tasks/facecls/config';
import { train as trainFaces } from '../../../ts/tasks/facecls/train';
import { resolveDetectionConfig } from '../../../ts/tasks/vocdet/config';
import { train as trainDetector } from '../../../ts/tasks/vocdet/train';
import { readConfigFile } from '../../../ts/train/config/files';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { readState } from '../../../ts/train/state';
import { temporaryFolder } from '../vocdet/fixture';
import { onOneThread } from '../../one-thread';
import { INTERRUPTED_STEP, writeData } from './recipes';

const RUNS = join(__dirname, '../../golden/runs');

type Tree = Record<string, unknown>;

/** Numbers may differ as much as processors do after four small steps; all else is equal. */
function assertNear(found: unknown, expected: unknown, at = ''): void {
  if (typeof expected === 'number') {
    assert.equal(typeof found, 'number', at);
    const distance = Math.abs((found as number) - expected);
    assert.ok(
      distance <= 1e-3 * Math.max(1, Math.abs(expected)),
      `${at}: expected ${expected}, found ${String(found)}`,
    );
  } else if (typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(found as Tree).sort(), Object.keys(expected).sort(), at);
    for (const [key, value] of Object.entries(expected)) assertNear((found as Tree)[key], value, `${at}.${key}`);
  } else assert.equal(found, expected, at);
}

/** Keys of every training that are younger than both runs. */
const LATER = ['clipValue', 'ema', 'maxSteps', 'maxMinutes', 'checkpoint.keep', 'data.onError', 'data.shards'];

const tasks = {
  facecls: {
    resume: (run: string, data: string) =>
      trainFaces({
        config: resolveFaceConfig({ base: readConfigFile(join(run, 'config.yaml')), set: [`data.folder=${data}`] }),
        run,
        resume: true,
      }),
    /** Keys that came later. */
    absent: ['model.type', 'model.options', ...LATER],
    /** One that had another. */
    changed: 'model.hiddenDropoutProb',
  },
  vocdet: {
    resume: (run: string, data: string) =>
      trainDetector({
        config: resolveDetectionConfig({
          base: readConfigFile(join(run, 'config.yaml')),
          set: [`data.folder=${data}`],
        }),
        run,
        resume: true,
      }),
    /** Keys that came later. */
    absent: LATER,
    changed: 'loss.noObject',
  },
} as const;

for (const [task, { resume, absent, changed }] of Object.entries(tasks)) {
  describe(`a run of ${task} that an earlier version began`, function () {
    this.timeout(60_000);
    onOneThread();
    const folder = temporaryFolder();
    let data: string;
    before(async () => (data = await writeData(task as keyof typeof tasks, folder.write({}))));

    /** A copy of the run, its configuration changed. */
    const copy = (change: (config: Tree) => void = () => {}): string => {
      const run = folder.path();
      cpSync(join(RUNS, task), run, { recursive: true });
      const config = parse(readFileSync(join(run, 'config.yaml'), 'utf8')) as Tree;
      change(config);
      writeFileSync(join(run, 'config.yaml'), stringify(config));
      return run;
    };

    const assertGoesOn = async (run: string) => {
      assert.equal(readState(join(run, 'checkpoints/last')).loop.step, INTERRUPTED_STEP);
      const { outcome, metrics } = await resume(run, data);
      assert.equal(outcome, 'completed');
      const expected = JSON.parse(readFileSync(join(RUNS, `${task}.json`), 'utf8')) as { log: Tree[]; metrics: Tree };
      const log = readMetricsLog(join(run, 'metrics.jsonl')).map(
        ({ seconds: _, imagesPerSecond: __, ...entry }) => entry,
      );
      assertNear(log, expected.log, 'metrics.jsonl');
      assertNear(JSON.parse(JSON.stringify(metrics)), expected.metrics, 'metrics.json');
    };

    it('goes on and ends as it did then', () => assertGoesOn(copy()));

    it('goes on without keys that did not exist when it began', async () => {
      const run = copy((config) =>
        absent
          .filter((key) => valueAt(config, key.split('.')) !== undefined)
          .forEach((key) => remove(config, key.split('.'))),
      );
      await assertGoesOn(run);
      const written = parse(readFileSync(join(run, 'config.yaml'), 'utf8')) as Tree;
      for (const key of absent) assert.notEqual(valueAt(written, key.split('.')), undefined, key);
    });

    it('does not go on where the value of a key that is gone was not that of before', async () => {
      const run = copy((config) => remove(config, changed.split('.')));
      await assert.rejects(
        resume(run, data),
        (error) => error instanceof InputError && /Cannot resume/.test(error.message),
      );
    });

    it('with a key that does not exist is refused', () => {
      const run = copy((config) => (config['colour'] = 'red'));
      assert.throws(
        () => resume(run, data),
        (error) => error instanceof UsageError && /colour/.test(error.message),
      );
    });
  });
}

function remove(tree: Tree, [key, ...rest]: readonly string[]): void {
  assert.ok(key !== undefined && key in tree, `there is no key ${String(key)}`);
  if (rest.length > 0) remove(tree[key] as Tree, rest);
  else delete tree[key];
}

function valueAt(tree: Tree, [key, ...rest]: readonly string[]): unknown {
  const value = tree[key!];
  return rest.length === 0 ? value : valueAt(value as Tree, rest);
}
