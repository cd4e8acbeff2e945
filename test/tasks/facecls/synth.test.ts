import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCelebA } from '../../../ts/tasks/facecls/celeba';
import { drawnAttributes } from '../../../ts/tasks/facecls/drawing';
import { ensureDrawnFaces } from '../../../ts/tasks/facecls/synth';
import { decodeImage } from '../../../ts/vision/image';
import { temporaryFolder } from './fixture';

const few = { train: 6, val: 2, test: 3, size: 64 };

/** One hash over all files of a folder. */
function digest(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (statSync(join(folder, name)).isFile()) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

describe('ensureDrawnFaces', () => {
  const folder = temporaryFolder();
  const fresh = () => join(folder.write({}), 'faces');

  it('writes a dataset in the format of CelebA', async () => {
    const path = fresh();
    assert.equal(await ensureDrawnFaces(path, few), true);
    const data = openCelebA(path);
    assert.deepEqual(data.attributes, drawnAttributes);
    assert.deepEqual(
      (['train', 'val', 'test'] as const).map((split) => data.split(split).length),
      [6, 2, 3],
    );
    const image = await decodeImage(await data.read('000001.jpg'));
    assert.deepEqual([image.width, image.height], [64, 64]);
  });

  it('writes the same bytes for the same options, others for another seed', async () => {
    const [one, same, other] = [fresh(), fresh(), fresh()];
    await ensureDrawnFaces(one, few);
    await ensureDrawnFaces(same, few);
    await ensureDrawnFaces(other, { ...few, seed: 1 });
    assert.equal(digest(one), digest(same));
    assert.notEqual(digest(one), digest(other));
  });

  it('does nothing when the faces are there', async () => {
    const path = fresh();
    await ensureDrawnFaces(path, few);
    const before = statSync(join(path, 'img_align_celeba/000001.jpg')).mtimeMs;
    assert.equal(await ensureDrawnFaces(path, few), false);
    assert.equal(statSync(join(path, 'img_align_celeba/000001.jpg')).mtimeMs, before);
  });

  it('draws anew for other options', async () => {
    const path = fresh();
    await ensureDrawnFaces(path, few);
    assert.equal(await ensureDrawnFaces(path, { ...few, train: 4 }), true);
    assert.equal(openCelebA(path).split('train').length, 4);
  });

  it('draws once when called twice at a time', async () => {
    const path = fresh();
    assert.deepEqual((await Promise.all([ensureDrawnFaces(path, few), ensureDrawnFaces(path, few)])).sort(), [
      false,
      true,
    ]);
  });

  it('starts over after a killed run, and leaves nothing beside the folder', async () => {
    const path = fresh();
    mkdirSync(join(`${path}.drawing`, 'img_align_celeba'), { recursive: true });
    writeFileSync(join(`${path}.drawing`, 'img_align_celeba/000099.jpg'), 'half a face');
    await ensureDrawnFaces(path, few);
    assert.equal(readdirSync(join(path, 'img_align_celeba')).length, 11);
    assert.deepEqual(readdirSync(join(path, '..')), ['faces']);
  });

  it('does not touch a folder with other files', async () => {
    const path = fresh();
    mkdirSync(path);
    writeFileSync(join(path, 'thesis.txt'), 'precious');
    await assert.rejects(ensureDrawnFaces(path, few), {
      code: 'TTS_INPUT',
      message:
        /^Expected .*faces to be empty or to hold drawn faces, found other files; move them, or choose another folder\.$/,
    });
    assert.ok(existsSync(join(path, 'thesis.txt')));
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    await ensureDrawnFaces(fresh(), { ...few, onProgress: (done, all) => told.push(done, all) });
    assert.deepEqual(told.slice(-2), [11, 11]);
    assert.equal(told.length, 22);
  });
});
