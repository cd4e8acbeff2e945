import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { openCelebA } from '../../ts/tasks/facecls/celeba';
import { presets } from '../../ts/tasks/facecls/presets';
import { ensureDrawnFaces } from '../../ts/tasks/facecls/synth';
import { readMetricsLog } from '../../ts/train/metrics-logger';
import { readState } from '../../ts/train/state';
import { program } from './programs';

const FACECLS = program('facecls');

/** Enough steps that a signal finds the training under way. */
const config = {
  epochs: 12,
  batchSize: 8,
  device: 'cpu',
  model: {
    imageSize: 32,
    hiddenSize: 16,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 32,
    hiddenDropoutProb: 0.1,
  },
  evaluate: { everyEpochs: 6 },
  checkpoint: { everySteps: 4 },
};

describe('facecls', function () {
  this.timeout(240_000);
  let root: string;
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...FACECLS, ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const training = (name: string, ...args: string[]) => [
    'train',
    '--preset',
    'tiny',
    '--config',
    'small.yaml',
    '--data',
    'faces',
    '--run',
    name,
    ...args,
  ];
  const weights = (name: string) => readFileSync(join(root, name, 'checkpoints/last/model.safetensors'));

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'facecls-'));
    await ensureDrawnFaces(join(root, 'faces'), { train: 40, val: 8, test: 8, size: 32 });
    writeFileSync(join(root, 'small.yaml'), stringify(config));
    const { status, stderr } = run(...training('whole'));
    assert.equal(status, 0, stderr);
  });
  after(() => rmSync(root, { recursive: true }));

  describe('train', () => {
    it('leaves a finished run', () => {
      for (const file of [
        'config.yaml',
        'metrics.jsonl',
        'metrics.json',
        'report.html',
        'checkpoints/best/model.safetensors',
      ]) {
        assert.ok(existsSync(join(root, 'whole', file)), file);
      }
      assert.ok(!existsSync(join(root, 'whole', 'train.lock')));
    });

    it('prints the figures, as JSON when asked to, also of a run that is finished', () => {
      const text = run('train', '--resume', '--run', 'whole');
      assert.equal(text.status, 0);
      assert.match(
        text.stdout,
        /^test: mean accuracy \d+\.\d\d % \(majority baseline \d+\.\d\d %\) over 8 images\nreport: whole\/report\.html\n$/,
      );
      const json = run('train', '--resume', '--run', 'whole', '--json');
      assert.deepEqual(JSON.parse(json.stdout), JSON.parse(readFileSync(join(root, 'whole/metrics.json'), 'utf8')));
    });

    /** Starts a training and waits until its log has a line. */
    const begin = async (name: string): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [...FACECLS, ...training(name, '--set', 'log.everySteps=1')], {
        cwd: root,
      });
      const log = join(root, name, 'metrics.jsonl');
      const checkpoint = join(root, name, 'checkpoints/last/state.json');
      while (!(existsSync(log) && existsSync(checkpoint))) {
        assert.equal(child.exitCode, null, 'the training ended before it was interrupted');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return child;
    };

    it('saves and stops at the first SIGINT, says how to go on, and ends with the same weights then', async () => {
      const child = await begin('stopped');
      let stderr = '';
      child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.kill('SIGINT');
      assert.deepEqual(await once(child, 'exit'), [130, null]);
      assert.match(
        stderr,
        /SIGINT: saving what there is, then stopping; once more stops at once\n[^]*stopped; go on with: facecls train --resume --run stopped\n$/,
      );
      const { status, stderr: resumed } = run('train', '--resume', '--run', 'stopped');
      assert.equal(status, 0, resumed);
      assert.match(resumed, /going on with stopped after step \d+ of 60/);
      assert.deepEqual(weights('stopped'), weights('whole'));
    });

    for (const [what, lose] of [
      ['its terminal is closed', (child: ChildProcess) => void child.kill('SIGHUP')],
      ['nobody reads what it says', (child: ChildProcess) => (child.stdout!.destroy(), void child.stderr!.destroy())],
    ] as const) {
      it(`saves what there is and stops when ${what}`, async () => {
        const name = what.replaceAll(' ', '-');
        const child = await begin(name);
        lose(child);
        assert.deepEqual(await once(child, 'exit'), [130, null]);
        const { step } = readMetricsLog(join(root, name, 'metrics.jsonl')).at(-1)!;
        assert.equal(readState(join(root, name, 'checkpoints/last')).loop.step, step);
      });
    }

    it('killed and resumed ends with the same weights', async () => {
      const child = await begin('killed');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const { status, stderr } = run('train', '--resume', '--run', 'killed');
      assert.equal(status, 0, stderr);
      assert.deepEqual(weights('killed'), weights('whole'));
    });

    it('shows its configuration, which --config takes back', () => {
      const first = run('train', '--preset', 'small', '--data', 'here', '--set', 'optimizer.lr=3e-4', '--print-config');
      assert.equal(first.status, 0);
      const { data, optimizer, ...rest } = presets.small;
      assert.deepEqual(parse(first.stdout), {
        ...rest,
        data: { ...data, folder: 'here' },
        optimizer: { ...optimizer, lr: 3e-4 },
      });
      writeFileSync(join(root, 'printed.yaml'), first.stdout);
      assert.equal(run('train', '--config', 'printed.yaml', '--print-config').stdout, first.stdout);
    });

    it('starts from weights of any size without a preset, as the error for a classifier of other labels advises', () => {
      const { model } = parse(
        run('train', '--set', 'model.from=whole', '--print-config').stdout,
      ) as typeof presets.base;
      assert.deepEqual(model, { ...presets.base.model, from: 'whole' });
      assert.deepEqual(parse(run('train', '--set', 'model.from=null', '--print-config').stdout), presets.tiny);
      cpSync(join(root, 'whole/checkpoints/best'), join(root, 'single'), { recursive: true });
      const file = join(root, 'single/config.json');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('multi_label_classification', 'single_label_classification'),
      );
      assert.match(
        run('predict', 'single', 'x.jpg').stderr,
        /found single_label_classification; fine-tune it first: .*model\.from=single/,
      );
      const { status, stderr } = run(
        'train',
        '--set',
        'model.from=single',
        '--data',
        'faces',
        '--run',
        'tuned',
        '--set',
        'epochs=1',
        '--set',
        'batchSize=8',
        '--device',
        'cpu',
      );
      assert.equal(status, 0, stderr);
    });

    const refused: [string, string[], RegExp][] = [
      [
        'an unknown key, with the nearest',
        ['--set', 'optimizer.rate=1'],
        /^facecls: --set optimizer\.rate=1: there is no key "optimizer\.rate"; the keys are seed, .*\n$/,
      ],
      [
        'a slip in a key',
        ['--set', 'epoch=1'],
        /^facecls: --set epoch=1: there is no key "epoch"; did you mean "epochs"\?\n$/,
      ],
      [
        'a value of the wrong kind',
        ['--set', 'epochs=many'],
        /^facecls: The configuration does not hold: "epochs": .*found "many"\.\n$/,
      ],
      ['an unknown preset', ['--preset', 'huge'], /Allowed choices are tiny, small, base/],
      [
        'a configuration for a run that has one',
        ['--resume', '--run', 'whole', '--preset', 'tiny'],
        /^facecls: A resumed run has its configuration already: .*\n$/,
      ],
      [
        'another outcome for a run',
        ['--resume', '--run', 'whole', '--set', 'seed=1'],
        /^facecls: A resumed run keeps its configuration; seed would change its outcome: .*\n$/,
      ],
      [
        'to resume what is not there',
        ['--resume', '--run', 'none'],
        /^facecls: There is no run to resume in none: it has no config\.yaml\.\n$/,
      ],
      ['a run that is there', ['--run', 'whole', '--data', 'faces'], /^facecls: whole already holds a run; .*\n$/],
    ];
    for (const [what, args, message] of refused) {
      it(`refuses ${what}`, () => {
        const { status, stdout, stderr } = run('train', ...args);
        assert.equal(status, 2);
        assert.equal(stdout, '');
        assert.match(stderr, message);
      });
    }
  });

  describe('evaluate', () => {
    it('gives the figures of the run', () => {
      const { status, stdout } = run('evaluate', 'whole', '--json');
      assert.equal(status, 0);
      const json = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as { test: object };
      const { test } = json('whole/metrics.json');
      assert.deepEqual(JSON.parse(stdout), { ...test, analysis: json('whole/analysis.json') });
    });

    it('gives them with and without an attribute, whichever the dataset has', () => {
      const { stdout } = run('evaluate', 'whole', '--slice', 'Smiling, Bald', '--json');
      const { slices, images } = JSON.parse(stdout) as {
        slices: Record<string, Record<'yes' | 'no', { images: number; meanAccuracy: number } | null>>;
        images: number;
      };
      assert.deepEqual(Object.keys(slices), ['Smiling', 'Bald']);
      const { yes, no } = slices['Smiling']!;
      assert.equal((yes?.images ?? 0) + (no?.images ?? 0), images);
      const text = run('evaluate', 'whole', '--slice', 'Smiling').stdout;
      assert.match(
        text,
        /\n8 images, loss \d\.\d{4}\ncalibration error \d+\.\d\d %, Brier score 0\.\d{4}\n\nslice +images +accuracy % .*\nSmiling +\d .*\nnot Smiling +\d .*\n {2}gap .*\n$/,
      );
      const { status, stderr } = run('evaluate', 'whole', '--slice', 'Tall');
      assert.equal(status, 1);
      assert.match(stderr, /^facecls: Expected slices by attributes of faces, found "Tall"; it has .*Bald.*\.\n$/m);
    });

    it('shows a line for each attribute, and the mean', () => {
      const { stdout } = run('evaluate', '--run', 'whole', '--split', 'val');
      assert.match(stdout, /^attribute +support +baseline % +accuracy %/);
      assert.match(stdout, /\nEyeglasses +\d+ +\d+\.\d\d/);
      assert.match(stdout, /\nmean +\d+\.\d\d[^]*\n8 images, loss \d\.\d{4}\ncalibration error .*\n$/);
    });

    /** The dataset with another list of attributes. */
    const relisted = (name: string, change: (attributes: string[], rows: string[][]) => void) => {
      cpSync(join(root, 'faces'), join(root, name), { recursive: true });
      const file = join(root, name, 'list_attr_celeba.txt');
      const [count, attributes, ...rows] = readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/));
      change(attributes!, rows);
      writeFileSync(file, `${[count!, attributes!, ...rows].map((line) => line.join(' ')).join('\n')}\n`);
    };

    it('takes a hub folder on the dataset that --data names', () => {
      const { status, stdout, stderr } = run('evaluate', 'whole/checkpoints/best', '--data', 'faces', '--json');
      assert.equal(status, 0, stderr);
      const { test } = JSON.parse(readFileSync(join(root, 'whole/metrics.json'), 'utf8')) as { test: object };
      const { analysis, ...metrics } = JSON.parse(stdout) as { analysis: object };
      assert.deepEqual(metrics, test);
      assert.ok(analysis);
    });

    it('takes the dataset of --data before that of the run, and finds its attributes by name', async () => {
      relisted('others', (attributes, rows) => {
        attributes.reverse();
        for (const row of rows) row.splice(1, row.length - 1, ...row.slice(1).reverse());
      });
      const lists = join(root, 'others/list_eval_partition.txt');
      // Three of the eight test images go to the validation split.
      writeFileSync(lists, readFileSync(lists, 'utf8').replace(/^(00005[456]\.jpg) 2$/gm, '$1 1'));
      const { status, stdout, stderr } = run('evaluate', 'whole', '--data', 'others', '--json');
      assert.equal(status, 0, stderr);
      const metrics = JSON.parse(stdout) as { images: number; perAttribute: { name: string; positives: number }[] };
      assert.equal(metrics.images, 5);
      const faces = openCelebA(join(root, 'faces'));
      const test = faces.split('test').slice(0, 5);
      assert.deepEqual(
        metrics.perAttribute.map(({ name, positives }) => [name, positives]),
        faces.attributes.map((name, k) => [name, test.reduce((sum, { labels }) => sum + labels[k]!, 0) / 5]),
      );
      await faces.close();
    });

    it('says which attributes of the model a dataset lacks', () => {
      relisted('lacking', (attributes) => attributes.splice(attributes.indexOf('Eyeglasses'), 1, 'Monocle'));
      const { status, stdout, stderr } = run('evaluate', 'whole', '--data', 'lacking');
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(
        stderr,
        /^facecls: The dataset lacking has no labels for Eyeglasses of the model; it has [\w, ]*Monocle[\w, ]*\.\n$/,
      );
    });

    it('says in one sentence what weights it cannot find', () => {
      const { status, stderr } = run('evaluate', 'absent/model');
      assert.equal(status, 1);
      assert.match(stderr, /^facecls: [^\n]+\n$/);
    });
  });

  describe('predict', () => {
    const face = 'faces/img_align_celeba/000041.jpg';

    it('prints one JSON object a line, goes on after a bad image and ends with 1', () => {
      const { status, stdout, stderr } = run(
        'predict',
        'whole',
        face,
        'absent.jpg',
        'faces/img_align_celeba/00004[23].jpg',
        '--json',
      );
      assert.equal(status, 1);
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { source: string; attributes: Record<string, number> });
      assert.deepEqual(
        lines.map(({ source }) => source),
        [41, 42, 43].map((number) => `faces/img_align_celeba/0000${number}.jpg`),
      );
      assert.equal(typeof lines[0]!.attributes['Eyeglasses'], 'number');
      assert.equal(stderr, 'facecls: There is no file or folder absent.jpg.\n');
    });

    it('takes a hub folder, and prints words without --json', () => {
      const { status, stdout } = run('predict', '--run', 'whole/checkpoints/best', face, '--threshold', '0');
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`^${face}: \\w+ \\d+ %, `));
    });

    it('computes in the precision that is asked for, or without compiling', () => {
      const smiling = (...args: string[]) => {
        const { status, stdout, stderr } = run('predict', 'whole', face, '--json', ...args);
        assert.equal(status, 0, stderr);
        return (JSON.parse(stdout) as { attributes: Record<string, number> }).attributes['Smiling']!;
      };
      const plain = smiling('--no-compile');
      for (const precision of ['float32', 'bfloat16', 'int8'])
        assert.ok(Math.abs(smiling('--precision', precision) - plain) < 0.02, precision);
      const { status, stderr } = run('predict', 'whole', face, '--no-compile', '--precision', 'int8');
      assert.equal(status, 2);
      assert.match(stderr, /cannot be used with option '--no-compile'/);
      assert.equal(run('evaluate', 'whole', '--precision', 'int4').status, 2);
    });

    it('refuses to run without images, and without weights', () => {
      assert.deepEqual(run('predict', 'whole'), {
        status: 2,
        stdout: '',
        stderr: 'facecls: Expected at least one image after the weights whole, found none.\n',
      });
      assert.equal(run('predict').status, 2);
      assert.equal(run('predict', 'whole', face, '--threshold', 'high').status, 2);
    });

    it('shows a stack only with --debug', () => {
      assert.match(
        run('predict', 'absent', face).stderr,
        /^facecls: Expected a run folder, a hub folder or a hub name \(org\/name\), found "absent", which does not exist\.\n$/,
      );
      assert.match(run('predict', 'absent', face, '--debug').stderr, /InputError: Expected a run folder[^]*\n +at /);
    });
  });

  it('visualize writes an image into the next free folder of reports/figures', () => {
    for (const file of ['reports/figures/1/1-000041.jpg', 'reports/figures/2/1-000041.jpg']) {
      const { status, stdout } = run('visualize', 'whole', 'faces/img_align_celeba/000041.jpg');
      assert.deepEqual([status, stdout], [0, `${file}\n`]);
      assert.ok(existsSync(join(root, file)));
    }
  });

  describe('data', () => {
    it('synth draws once', () => {
      const args = ['data', 'synth', '--out', 'drawn', '--train', '3', '--val', '1', '--test', '1', '--size', '32'];
      assert.equal(run(...args).stdout, 'drawn: drawn\n');
      assert.equal(run(...args).stdout, 'drawn: there already\n');
    });

    it('check shows counts and rates', () => {
      const { status, stdout } = run('data', 'check', 'faces', '--decode');
      assert.equal(status, 0);
      assert.match(stdout, /\nimages +56 +202599\n/);
      assert.match(stdout, /\nEyeglasses +\d+\.\d/);
    });

    it('check ends with 1 and names what is wrong', () => {
      const { status, stderr } = run('data', 'check', 'nowhere');
      assert.equal(status, 1);
      assert.match(stderr, /^facecls: Expected a folder with CelebA at nowhere, found nothing\.\n$/);
    });

    it('prepare fills the cache', () => {
      const { status, stdout } = run('data', 'prepare', 'faces', '--preset', 'tiny');
      assert.equal(status, 0);
      assert.equal(stdout, 'faces: 56 images are ready\n');
      assert.ok(existsSync(join(root, 'data/interim/faces')));
    });
  });

  it('teaches by examples', () => {
    for (const command of [[], ['train'], ['evaluate'], ['predict'], ['visualize'], ['data']]) {
      const { status, stdout } = run(...command, '--help');
      assert.equal(status, 0);
      assert.match(stdout, /\n {2}facecls \w+/);
      if (command[0] === 'train')
        assert.match(
          stdout,
          /\nExit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C, SIGTERM, or a terminal that was closed\.\n/,
        );
    }
  });
});
