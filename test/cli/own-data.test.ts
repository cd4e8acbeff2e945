import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { drawnImage, smallConfig, smallWeights, vocFiles } from '../tasks/vocdet/small-detector';
import { program } from './programs';

const VOCDET = program('vocdet');
const page = readFileSync(join(__dirname, '../../docs/own-data.md'), 'utf8');

/** The commands of the page, in their order. */
const commands = [...page.matchAll(/^ {4}npx vocdet (.+)$|`npx vocdet (.+)`/gm)].map(
  (match) => (match[1] ?? match[2])!,
);

/** A COCO file about images that `image` makes. */
function instances(names: readonly string[]): string {
  return JSON.stringify({
    images: names.map((file_name, id) => ({ id, file_name, width: 64, height: 48 })),
    annotations: names.map((_, id) => ({ id, image_id: id, category_id: 1 + (id % 2), bbox: [4, 3, 30, 30] })),
    categories: [
      { id: 1, name: 'robin' },
      { id: 2, name: 'blackbird' },
    ],
  });
}

describe('docs/own-data.md', function () {
  this.timeout(240_000);
  let root: string;
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'own-data-'));
    await smallWeights(root, 'weights', { id2label: ['robin', 'blackbird', 'house sparrow'] });
    for (const [name, content] of Object.entries(
      await vocFiles({ train: 4, val: 2, test: 2 }, ['robin', 'blackbird', 'house sparrow']),
    ))
      write(`birds/${name}`, content);
    write('birds/classes.txt', /robin\n {4}blackbird\n {4}house sparrow\n/.exec(page)![0].replace(/^ +/gm, ''));
    const names = ['1.png', '2.png', '3.png', '4.png'];
    for (const [index, name] of names.entries())
      for (const folder of ['train2017', 'coco/train', 'coco/val'])
        write(`${folder}/${name}`, await drawnImage(index + folder.length));
    write('instances_train.json', instances(names));
    write('coco/train.json', instances(names));
    write('coco/val.json', instances(names.slice(0, 2)));
    write('photo.jpg', await drawnImage(1));
    write('album/a.jpg', await drawnImage(2));
    const { model, batchSize, shortestEdge, longestEdge, augment } = smallConfig('');
    const common = { epochs: 1, batchSize, augment, backboneStart: { epochs: 0 } };
    write('small.yaml', stringify({ ...common, model, shortestEdge, longestEdge }));
    write('tuned.yaml', stringify({ ...common, model: { from: 'weights' } }));
  });
  after(() => rmSync(root, { recursive: true }));

  it('has commands for each step', () => {
    const names = commands.map((command) => command.split(' ')[0]);
    assert.deepEqual([...new Set(names)], ['train', 'data', 'evaluate', 'predict', 'visualize']);
  });

  for (const command of commands) {
    it(`does what it says: vocdet ${command}`, () => {
      // What would take a network or hours is replaced by small models and files.
      const args = [...command.matchAll(/'([^']*)'|(\S+)/g)]
        .map((match) => (match[1] ?? match[2])!)
        .filter((arg) => !arg.startsWith('https:'));
      if (args[0] === 'train' && !args.includes('--print-config'))
        args.push('--config', args.includes('r50') ? 'tuned.yaml' : 'small.yaml');
      const { status, stderr, stdout } = spawnSync(process.execPath, [...VOCDET, ...args], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, OMP_NUM_THREADS: '1' },
      });
      assert.equal(status, 0, stderr);
      assert.notEqual(stdout, '');
    });
  }
});
