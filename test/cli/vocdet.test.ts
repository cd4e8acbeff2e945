import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { presets as facePresets } from '../../ts/tasks/facecls/presets';
import { presets } from '../../ts/tasks/vocdet/presets';
import { drawnImage, smallWeights, vocFiles } from '../tasks/vocdet/small-detector';
import { program } from './programs';

const VOCDET = program('vocdet');

describe('vocdet', function () {
  this.timeout(240_000);
  let root: string;
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...VOCDET, ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    return { status, stdout, stderr };
  };
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'vocdet-'));
    await smallWeights(root, 'own', { id2label: ['car', 'dog'] });
    for (const [name, content] of Object.entries(await vocFiles({ train: 4, val: 2, test: 2 })))
      write(`scenes/${name}`, content);
    write('street.png', await drawnImage(1));
    write('words.jpg', 'hello');
  });
  after(() => rmSync(root, { recursive: true }));

  it('predict prints one JSON object a line, goes on after a bad image, ends with 1 and numbers its folders', () => {
    const { status, stdout, stderr } = run(
      'predict',
      'own',
      'street.png',
      'words.jpg',
      'street.png',
      '--json',
      '--threshold',
      '0',
    );
    assert.equal(status, 1);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { source: string; detections: Record<string, unknown>[] });
    assert.deepEqual(
      lines.map((line) => [Object.keys(line), line.source]),
      Array.from({ length: 2 }, () => [['source', 'detections'], 'street.png']),
    );
    assert.deepEqual(Object.keys(lines[0]!.detections[0]!), ['label', 'score', 'box']);
    assert.match(stderr, /^vocdet: Expected [^\n]*words\.jpg, found text\.\nannotated images: predictions\/1\n$/);
    assert.equal(run('predict', 'own', 'street.png').status, 0);
    assert.ok(
      existsSync(join(root, 'predictions/1/annotated.json')) && existsSync(join(root, 'predictions/2/annotated.json')),
    );
  });

  it('visualize writes an image, into reports/figures unless told otherwise', () => {
    assert.deepEqual(run('visualize', 'own', 'street.png', '--out', 'looks').stdout, 'looks/1-street.jpg\n');
    assert.ok(existsSync(join(root, 'looks/1-street.jpg')));
    assert.deepEqual(run('visualize', 'own', 'street.png').stdout, 'reports/figures/1/1-street.jpg\n');
    assert.ok(existsSync(join(root, 'reports/figures/1/1-street.jpg')));
  });

  it('evaluate prints the figures as one JSON object', () => {
    const { status, stdout, stderr } = run('evaluate', 'own', '--data', 'scenes', '--json');
    assert.equal(status, 0, stderr);
    const { voc07, voc12, coco } = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
    for (const metric of [voc07!['mAP'], voc12!['mAP'], coco!['AP'], coco!['AP50']])
      assert.equal(typeof metric, 'number');
    const { analysis } = JSON.parse(stdout) as { analysis: Record<string, Record<string, unknown>> };
    assert.deepEqual(Object.keys(analysis), ['errorTypes', 'bySize', 'curves']);
    assert.equal(analysis['errorTypes']!['AP50'], coco!['AP50']);
    const text = run('evaluate', 'own', '--data', 'scenes').stdout;
    assert.match(
      text,
      /\nerrors +AP50 gain % +count +score > 0\.5\nclassification +-?\d.*\n(.*\n){4}missed +\d.* - *\n/,
    );
  });

  it('predict and evaluate compute in the precision that is asked for', () => {
    const loss = (...args: string[]) => {
      const { status, stdout, stderr } = run('evaluate', 'own', '--data', 'scenes', '--json', ...args);
      assert.equal(status, 0, stderr);
      return (JSON.parse(stdout) as { loss: number }).loss;
    };
    const [plain, int8] = [loss('--no-compile'), loss('--precision', 'int8')];
    assert.ok(int8 !== plain && Math.abs(int8 - plain) < 0.1 * plain, `${int8}, ${plain}`);
    const predict = (...args: string[]) => {
      const { status, stdout } = run('predict', 'own', 'street.png', '--json', '--threshold', '0', ...args);
      assert.equal(status, 0);
      return stdout;
    };
    assert.notEqual(predict('--precision', 'int8'), predict('--no-compile'));
  });

  it('calibrate keeps beside the weights what int8 needs', () => {
    cpSync(join(root, 'own'), join(root, 'calibrated'), { recursive: true });
    const { status, stdout, stderr } = run('calibrate', 'calibrated', 'street.png');
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'calibrated/compile.json: calibrated on 1 images\n');
    const line = (...args: string[]) => run('predict', ...args, 'street.png', '--json', '--threshold', '0').stdout;
    assert.equal(line('calibrated'), line('own', '--precision', 'int8'));
  });

  it('train --resume without a run takes the newest of its own task', () => {
    const age = (name: string, seconds: number) => {
      write(`models/${name}/metrics.jsonl`, '');
      utimesSync(join(root, `models/${name}/metrics.jsonl`), seconds, seconds);
    };
    write('models/old/config.yaml', stringify({ ...presets.tiny, seed: 1 }));
    write('models/new/config.yaml', stringify({ ...presets.tiny, seed: 2 }));
    write('models/faces/config.yaml', stringify(facePresets.tiny));
    write('models/broken/config.yaml', '{');
    ['old', 'new', 'faces', 'broken', 'bare'].forEach((name, i) => age(name, 1000 + i));
    const { status, stdout, stderr } = run('train', '--resume', '--print-config');
    assert.equal(status, 0, stderr);
    assert.deepEqual(parse(stdout), { ...presets.tiny, seed: 2 });
  });

  const refused: readonly [string, string[], number, RegExp][] = [
    ['an unknown preset', ['train', '--preset', 'huge'], 2, /Allowed choices are tiny, small, r50, r50-scratch/],
    [
      'a slip in a key',
      ['train', '--set', 'epoch=1'],
      2,
      /^vocdet: --set epoch=1: there is no key "epoch"; did you mean "epochs"\?\n$/,
    ],
    [
      'to predict without images',
      ['predict', 'own'],
      2,
      /^vocdet: Expected at least one image after the weights own, found none\.\n$/,
    ],
    [
      'a threshold that is none',
      ['predict', 'own', 'street.png', '--threshold', '2'],
      2,
      /Expected a number between 0 and 1/,
    ],
    [
      'a precision that does not exist',
      ['predict', 'own', 'street.png', '--precision', 'int4'],
      2,
      /Allowed choices are float32, bfloat16, int8/,
    ],
    [
      'a precision of compiled models where none is to be compiled',
      ['evaluate', 'own', '--precision', 'int8', '--no-compile'],
      2,
      /'--precision <name>' cannot be used with option '--no-compile'/,
    ],
    ['to calibrate nothing', ['calibrate'], 2, /^vocdet: Expected the weights \(a run folder or a hub folder\)/],
    [
      'weights that are not there',
      ['predict', 'absent', 'street.png'],
      1,
      /^vocdet: Expected a run folder, a hub folder or a hub name[^\n]*\n$/,
    ],
    [
      'a class file that is not there',
      ['evaluate', 'own', '--classes', 'classes.txt', '--data', 'scenes'],
      1,
      /^vocdet: Cannot read the class file classes\.txt[^\n]*\n$/,
    ],
  ];
  for (const [what, args, code, message] of refused) {
    it(`refuses ${what}`, () => {
      const { status, stdout, stderr } = run(...args);
      assert.deepEqual([status, stdout], [code, '']);
      assert.match(stderr, message);
    });
  }
});
