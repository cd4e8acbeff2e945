import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../../../../ts/data/rng';
import { checkDetectionData } from '../../../../ts/tasks/vocdet/check';
import { vocNames } from '../../../../ts/tasks/vocdet/annotations/classes';
import { emojiBody, emojiNames, emojiOf } from '../../../../ts/tasks/vocdet/synth/emoji';
import { imagineScene } from '../../../../ts/tasks/vocdet/synth/scene';
import { drawScene } from '../../../../ts/tasks/vocdet/synth/scene-drawing';
import { ensureDrawnScenes } from '../../../../ts/tasks/vocdet/synth/synth';
import { openVoc } from '../../../../ts/tasks/vocdet/annotations/voc';
import { temporaryFolder } from '../fixture';

const few = { train: 12, val: 4, test: 4 };

function content(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(folder.length),
      readFileSync(join(parentPath, name)).toString('base64'),
    ]),
  );
}

describe('ensureDrawnScenes', () => {
  const folder = temporaryFolder();

  it('writes a dataset in the format of VOC, without fault', async () => {
    const path = folder.path();
    const progress: number[] = [];
    assert.equal(await ensureDrawnScenes(path, { ...few, onProgress: (done) => progress.push(done) }), true);
    assert.deepEqual(
      progress,
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    const report = await checkDetectionData(path, { decode: true });
    assert.deepEqual([report.errors, report.splits.map(({ images }) => images.found)], [0, [4, 12, 16, 4]]);
    for (const { objects, difficult } of report.splits) assert.ok(objects.found > 0 && difficult === 0);
    const voc = openVoc(path);
    const { size, objects } = await (await voc.split('train')).annotation(0);
    assert.ok([size!.width, size!.height].every((side) => side >= 128 && side <= 160) && objects.length <= 4);
  });

  it('does nothing when the scenes are there, and writes the same bytes anywhere', async () => {
    const [one, other, seeded] = [folder.path(), folder.path(), folder.path()];
    await ensureDrawnScenes(one, few);
    assert.equal(await ensureDrawnScenes(one, few), false);
    await ensureDrawnScenes(other, few);
    assert.deepEqual(content(other), content(one));
    await ensureDrawnScenes(seeded, { ...few, seed: 1 });
    assert.notDeepEqual(content(seeded)['/JPEGImages/000001.jpg'], content(one)['/JPEGImages/000001.jpg']);
  });

  it('draws anew for other options, and does not touch other files', async () => {
    const path = folder.path();
    await ensureDrawnScenes(path, few);
    assert.equal(await ensureDrawnScenes(path, { ...few, train: 13 }), true);
    assert.equal(readdirSync(join(path, 'JPEGImages')).length, 21);
    await assert.rejects(
      ensureDrawnScenes(folder.write({ 'mine.txt': '' }), few),
      /to be empty or to hold drawn scenes, found other files/,
    );
  });
});

describe('a drawn scene', () => {
  it('shows each class of VOC by an icon of its own', () => {
    assert.deepEqual(Object.keys(emojiOf), vocNames);
    assert.equal(new Set(emojiNames).size, emojiNames.length);
    for (const name of emojiNames) assert.ok(emojiBody(name).length > 500, name);
  });

  it('has boxes that fit the drawn pixels to the last one', async () => {
    for (let index = 0; index < 12; index++) {
      const scene = imagineScene(new Rng(5, 0, index));
      const [full, bare] = await Promise.all(
        [scene, { ...scene, things: [] }].map((one) => drawScene(one, new Rng(6, 0, index))),
      );
      assert.ok(full!.things.length >= 1 && full!.things.length <= scene.things.length);
      const { width } = full!.image;
      const changed = full!.image.data.map((value, at) => Number(Math.abs(value - bare!.image.data[at]!) > 0));
      const inBoxes = (x: number, y: number, margin: number) =>
        full!.things.some(
          ({ box: [left, top, right, bottom] }) =>
            x >= left - margin && x <= right + margin && y >= top - margin && y <= bottom + margin,
        );
      // Half-transparent edges reach a pixel beyond a box.
      changed.forEach((mark, at) =>
        assert.ok(
          mark === 0 || inBoxes(Math.floor(at / 3) % width, Math.floor(at / 3 / width), 1),
          `scene ${index}, byte ${at}`,
        ),
      );
      for (const {
        box: [left, top, right, bottom],
      } of full!.things) {
        const touched = (x: number, y: number) =>
          [0, 1, 2].some((channel) => changed[3 * (y * width + x) + channel] === 1);
        const across = (y: number) =>
          Array.from({ length: right - left + 1 }, (_, i) => left + i).some((x) => touched(x, y));
        const down = (x: number) =>
          Array.from({ length: bottom - top + 1 }, (_, i) => top + i).some((y) => touched(x, y));
        assert.ok(across(top) && across(bottom) && down(left) && down(right), `scene ${index}`);
      }
    }
  });

  it('has things of all classes, sizes and places, most of them in full sight', async () => {
    const drawn = await Promise.all(
      Array.from({ length: 60 }, (_, index) => drawScene(imagineScene(new Rng(0, 0, index)), new Rng(1, 0, index))),
    );
    const things = drawn.flatMap(({ things }) => things);
    assert.ok(new Set(things.map(({ name }) => name)).size >= 19);
    assert.deepEqual([...new Set(drawn.map(({ things }) => things.length))].sort(), [1, 2, 3, 4]);
    const sides = things.map(({ box: [left, top, right, bottom] }) => Math.max(right - left, bottom - top) + 1);
    assert.ok(Math.min(...sides) < 40 && Math.max(...sides) > 85);
    assert.ok(things.filter(({ truncated, occluded }) => !truncated && !occluded).length > things.length / 3);
    assert.ok(things.some(({ truncated }) => truncated) && things.some(({ occluded }) => occluded));
  });
});
