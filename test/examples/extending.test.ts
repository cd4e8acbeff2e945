import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { resolveFaceConfig } from '../../ts/tasks/facecls/config';
import { ensureDrawnFaces } from '../../ts/tasks/facecls/synth';
import { UsageError } from '../../ts/errors';
import { presets } from '../../ts/tasks/facecls/presets';
import { drawnImage, smallConfig } from '../tasks/vocdet/small-detector';

const REPOSITORY = join(__dirname, '../..');
const example = (name: string) => join(REPOSITORY, 'examples', `${name}.ts`);

describe('docs/extending.md', function () {
  this.timeout(120_000);
  let root: string;

  /** A command of the package, with an example imported before it. */
  const run = (imported: string | null, command: string, ...args: string[]) => {
    const preload = imported === null ? [] : ['--require', example(imported)];
    const program = join(REPOSITORY, 'dist/cli', `${command}.js`);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--require', require.resolve('tsx/cjs'), ...preload, program, ...args],
      { cwd: root, encoding: 'utf8', env: { ...process.env, OMP_NUM_THREADS: '1' } },
    );
    return { status, stdout, stderr };
  };
  const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;
  const done = ({ status, stdout, stderr }: ReturnType<typeof run>) => {
    assert.equal(status, 0, stderr);
    return stdout;
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'extending-'));
    await ensureDrawnFaces(join(root, 'faces'), { train: 64, val: 16, test: 16, size: 32 });
    const config = {
      epochs: 3,
      batchSize: 8,
      device: 'cpu',
      model: { imageSize: 32, hiddenSize: 32, numHiddenLayers: 2 },
      data: { cache: null },
    };
    writeFileSync(join(root, 'small.yaml'), stringify(config));
  });
  after(() => rmSync(root, { recursive: true }));

  it('shows the examples as they are', () => {
    const page = readFileSync(join(REPOSITORY, 'docs/extending.md'), 'utf8');
    const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, text]) => text);
    assert.deepEqual(
      blocks,
      ['mlp-mixer', 'specificity', 'csv-boxes'].map((name) => readFileSync(example(name), 'utf8')),
    );
  });

  describe('a backbone of your own', () => {
    const small = ['--config', 'small.yaml', '--data', 'faces', '--run', 'mixer'];
    const type = ['--set', 'model.type=mlp-mixer', '--set', 'model.options={tokensMlpDim: 16, channelsMlpDim: 64}'];

    it('is trained by its model_type, keeps the sizes of the preset that it has, and learns', () => {
      done(run('mlp-mixer', 'facecls', 'train', ...small, ...type));
      const config = json('mixer/checkpoints/best/config.json');
      assert.deepEqual(
        ['model_type', 'architectures', 'image_size', 'patch_size', 'hidden_size', 'num_hidden_layers'].map(
          (key) => config[key],
        ),
        ['mlp-mixer', ['MixerForImageClassification'], 32, 8, 32, 2],
      );
      assert.deepEqual([config['tokens_mlp_dim'], config['channels_mlp_dim']], [16, 64]);
      assert.ok(!('num_attention_heads' in config));
      const log = readFileSync(join(root, 'mixer/metrics.jsonl'), 'utf8').trimEnd().split('\n');
      const losses = log
        .map((line) => (JSON.parse(line) as { loss?: number }).loss)
        .filter((loss) => loss !== undefined);
      assert.ok(losses.at(-1)! < losses[0]!, losses.join());
      assert.ok(existsSync(join(root, 'mixer/report.html')));
    });

    it('predicts, and says that it has no attention to show', () => {
      const image = 'faces/img_align_celeba/000001.jpg';
      const line = done(run('mlp-mixer', 'facecls', 'predict', 'mixer', image, '--json'));
      const { attributes } = JSON.parse(line) as { attributes: Record<string, number> };
      assert.ok(Object.values(attributes).every((probability) => probability > 0 && probability < 1));
      const { status, stderr } = run('mlp-mixer', 'facecls', 'visualize', 'mixer', image, '--out', 'shown');
      assert.equal(status, 1);
      assert.match(
        stderr,
        /attention between a class token and the patches of an image, found one of model_type mlp-mixer;/,
      );
    });

    it('is not known where it was not imported', () => {
      const { status, stderr } = run(null, 'facecls', 'predict', 'mixer', 'faces/img_align_celeba/000001.jpg');
      assert.equal(status, 1);
      assert.match(stderr, /config\.json: expected model_type vit, found "mlp-mixer"/);
      assert.throws(
        () => resolveFaceConfig({ base: presets.tiny, set: ['model.type=mlp-mixer'] }),
        new UsageError('model.type: expected a registered classifier of images (vit), found "mlp-mixer".'),
      );
    });
  });

  it('a metric of your own is in metrics.json and in what evaluate prints', () => {
    const config = ['--config', 'small.yaml', '--set', 'epochs=1', '--set', 'model.numAttentionHeads=2'];
    done(run('specificity', 'facecls', 'train', ...config, '--data', 'faces', '--run', 'vit'));
    const { test } = json('vit/metrics.json') as { test: { meanSpecificity: number; perAttribute: object[] } };
    assert.ok(test.meanSpecificity >= 0 && test.meanSpecificity <= 1);
    assert.ok(test.perAttribute.every((attribute) => 'specificity' in attribute));
    assert.match(readFileSync(join(root, 'vit/report.html'), 'utf8'), /title="Share of the noes that were found"/);
    assert.match(done(run('specificity', 'facecls', 'evaluate', 'vit', '--data', 'faces')), /specificity/i);
  });

  describe('a dataset format of your own', () => {
    before(async () => {
      mkdirSync(join(root, 'boxes'));
      const rows = ['image,split,class,xmin,ymin,xmax,ymax'];
      for (let i = 1; i <= 12; i++) {
        const split = i <= 6 ? 'train' : i <= 9 ? 'val' : 'test';
        writeFileSync(join(root, 'boxes', `${i}.png`), await drawnImage(i));
        rows.push(`${i}.png,${split},${i % 2 ? 'car' : 'dog'},${i},4,${i + 20},40`);
      }
      writeFileSync(join(root, 'boxes/boxes.csv'), `${rows.join('\n')}\n`);
    });

    it('is checked and trained on', () => {
      assert.match(done(run('csv-boxes', 'vocdet', 'data', 'check', 'boxes')), /Nothing is wrong\.\n$/);
      const { data: _data, ...rest } = smallConfig('boxes');
      writeFileSync(join(root, 'detector.yaml'), stringify({ ...rest, epochs: 1 }));
      done(run('csv-boxes', 'vocdet', 'train', '--config', 'detector.yaml', '--data', 'boxes', '--run', 'detector'));
      const { id2label } = json('detector/checkpoints/best/config.json') as { id2label: Record<string, string> };
      assert.deepEqual(Object.values(id2label), ['car', 'dog']);
    });

    it('is not known where it was not imported', () => {
      const { status, stderr } = run(null, 'vocdet', 'data', 'check', 'boxes');
      assert.notEqual(status, 0);
      assert.match(stderr, /boxes\.csv/);
    });
  });
});
