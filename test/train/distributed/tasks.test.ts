import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { evaluate as evaluateFaces } from '../../../ts/tasks/facecls/evaluate';
import { silent } from '../../../ts/native/listener';
import { shard } from '../../../ts/tasks/facecls/open';
import { ensureDrawnFaces } from '../../../ts/tasks/facecls/synth';
import { evaluate as evaluateDetector } from '../../../ts/tasks/vocdet/evaluate';
import { train as trainDetector } from '../../../ts/tasks/vocdet/train';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { readRunFile } from '../../../ts/train/reproduce/run-file';
import { program } from '../../cli/programs';
import { FileServer } from '../../data/shards/fixture';
import { onOneThread } from '../../one-thread';
import { smallConfig, vocFiles } from '../../tasks/vocdet/small-detector';

const LIMIT_MS = 120_000;
const TORCHTS = ['--require', require.resolve('tsx/cjs'), join(__dirname, '../../../ts/cli/torchts.ts')];

describe('a task in two processes', function () {
  this.timeout(240_000);
  onOneThread();
  let root: string;

  before(() => (root = mkdtempSync(join(tmpdir(), 'torchts-tasks-'))));
  after(() => rmSync(root, { recursive: true, force: true }));

  /** Trains as `torchts run` starts it. */
  function trainTwo(task: 'facecls' | 'vocdet', ...args: string[]): Promise<{ stdout: string; stderr: string }> {
    const train = [process.execPath, ...program(task), 'train', '--preset', 'tiny', ...args];
    return promisify(execFile)(process.execPath, [...TORCHTS, 'run', '--nproc', '2', ...train], {
      cwd: root,
      timeout: LIMIT_MS,
    });
  }

  function readJson(name: string): Record<string, object> {
    return JSON.parse(readFileSync(join(root, name), 'utf8')) as Record<string, object>;
  }

  it('classifies faces: one prints and writes, and the metrics are those of one process', async () => {
    await ensureDrawnFaces(join(root, 'faces'), { train: 40, val: 9, test: 9, size: 32 });
    const sizes = { imageSize: 32, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 32 };
    const config = { epochs: 1, batchSize: 8, device: 'cpu', model: sizes, evaluate: { batchSize: 2 } };
    writeFileSync(join(root, 'faces.yaml'), stringify(config));
    const { stdout, stderr } = await trainTwo('facecls', '--config', 'faces.yaml', '--data', 'faces', '--run', 'run');
    assert.match(stdout, /report: run\/report\.html/);
    assert.doesNotMatch(stdout + stderr, /\[rank1\]/);
    const { test } = readJson('run/metrics.json');
    const alone = await evaluateFaces(join(root, 'run'), { data: join(root, 'faces'), split: 'test', batchSize: 2 });
    for (const [name, value] of Object.entries(test!)) assert.deepEqual(value, Reflect.get(alone, name), name);
    assert.equal(readRunFile(join(root, 'run'))!.sessions[0]!.processes, 2);
  });

  it('classifies faces in shards behind HTTP: each is fetched once, and the metrics are those of one process', async () => {
    await ensureDrawnFaces(join(root, 'drawn'), { train: 40, val: 9, test: 9, size: 32 });
    await shard(join(root, 'drawn'), join(root, 'shards'), silent, { maxBytes: 12_000 });
    const sizes = { imageSize: 32, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 32 };
    const data = { cache: null, shards: { streams: 4, shuffleBuffer: 8 } };
    const config = { epochs: 1, batchSize: 8, device: 'cpu', model: sizes, evaluate: { batchSize: 2 }, data };
    writeFileSync(join(root, 'sharded.yaml'), stringify(config));
    const server = await FileServer.start(join(root, 'shards'));
    try {
      await trainTwo('facecls', '--config', 'sharded.yaml', '--data', server.url(), '--run', 'sharded');
      const tars = server.asked.filter((name) => name.endsWith('.tar'));
      assert.ok(tars.length > 3);
      assert.equal(new Set(tars).size, tars.length);
    } finally {
      await server.stop();
    }
    const { test } = readJson('sharded/metrics.json');
    const options = { data: join(root, 'shards'), split: 'test', batchSize: 2 } as const;
    const alone = await evaluateFaces(join(root, 'sharded'), options);
    for (const [name, value] of Object.entries(test!)) assert.deepEqual(value, Reflect.get(alone, name), name);
  });

  it('detects objects: as one process with the same batches, and the metrics are those of one process', async () => {
    for (const [name, content] of Object.entries(await vocFiles({ train: 9, val: 5, test: 5 }))) {
      mkdirSync(dirname(join(root, 'scenes', name)), { recursive: true });
      writeFileSync(join(root, 'scenes', name), content);
    }
    const small = smallConfig(join(root, 'scenes'));
    const config = {
      ...small,
      model: { ...small.model, trainBatchNorm: false, dropout: 0 },
      evaluate: { ...small.evaluate, batchSize: 2 },
    };
    writeFileSync(join(root, 'scenes.yaml'), stringify(config));
    await trainTwo('vocdet', '--config', 'scenes.yaml', '--run', 'detector');
    const { test } = readJson('detector/metrics.json');
    const options = { data: join(root, 'scenes'), split: 'test', batchSize: 2 } as const;
    const { analysis: _, ...alone } = await evaluateDetector(join(root, 'detector'), options);
    assert.deepEqual(test, JSON.parse(JSON.stringify(alone)));

    await trainDetector({ config, run: join(root, 'one') });
    const logOf = (run: string) =>
      readMetricsLog(join(root, run, 'metrics.jsonl')).filter(({ kind }) => kind === 'train');
    const [two, one] = [logOf('detector'), logOf('one')];
    assert.equal(two.length, one.length);
    for (const [i, entry] of one.entries())
      for (const name of ['loss', 'loss_ce', 'loss_bbox', 'loss_giou', 'gradNorm']) {
        const [found, expected] = [Number(two[i]![name]), Number(entry[name])];
        assert.ok(
          Math.abs(found - expected) <= 1e-3 * expected,
          `step ${entry.step}, ${name}: ${found} for ${expected}`,
        );
      }
  });
});
