import assert from 'node:assert/strict';
import * as torch from '../../ts/tensor';
import { boxes, nonEmptyBoxes, scaleBoxes, takeBoxes, xyxyToCxcywh } from '../../ts/vision/boxes';
import { changePixels } from '../../ts/vision/resize';
import { changeBoxes, extentAfter, type Step } from '../../ts/vision/steps';
import { liveTensors } from '../live-tensors';
import { detectionGolden } from './detection-golden';

/** One channel of an image of 3 x 2 whose pixels are numbered, three times. */
const numbered = () => torch.tensor([1, 2, 3, 4, 5, 6], { dtype: 'uint8' }).view([1, 1, 2, 3]).expand([1, 3, 2, 3]);
const channel = (pixels: torch.Tensor) => pixels.select(0, 0).select(0, 1).toArray();

describe('steps', () => {
  it("move boxes as the original authors' transforms do", () => {
    for (const [
      index,
      {
        size: [width, height],
        boxes: start,
        steps,
        after,
        kept,
        targets,
      },
    ] of detectionGolden.boxes.entries()) {
      assert.deepEqual(extentAfter(steps, { width, height }), { width: after[0], height: after[1] });
      const moved = changeBoxes(steps, boxes('xyxy', start.flat()), { width, height });
      assert.deepEqual(nonEmptyBoxes(moved), kept, `case ${index}`);
      const found = xyxyToCxcywh(scaleBoxes(takeBoxes(moved, kept), 1 / after[0], 1 / after[1])).data;
      targets
        .flat()
        .forEach((value, at) =>
          assert.ok(
            Math.abs(value - found[at]!) < 1e-12,
            `case ${index}, number ${at}: expected ${value}, found ${found[at]}`,
          ),
        );
    }
  });

  it('mirror and cut pixels', () => {
    assert.deepEqual(channel(changePixels([{ kind: 'mirror' }], numbered())), [
      [3, 2, 1],
      [6, 5, 4],
    ]);
    assert.deepEqual(channel(changePixels([{ kind: 'crop', left: 1, top: 1, width: 2, height: 1 }], numbered())), [
      [5, 6],
    ]);
    assert.deepEqual(
      channel(changePixels([{ kind: 'crop', left: 1, top: 0, width: 2, height: 2 }, { kind: 'mirror' }], numbered())),
      [
        [3, 2],
        [6, 5],
      ],
    );
    assert.deepEqual(channel(changePixels([], numbered())), [
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('keep boxes on the pixels that they were around', () => {
    // A white rectangle on black: its box is found again on the changed pixels.
    const image = torch.zeros([1, 3, 60, 80], { dtype: 'uint8' });
    image.narrow(2, 20, 20).narrow(3, 40, 30).fill_(255);
    const steps: Step[] = [
      { kind: 'mirror' },
      { kind: 'resize', width: 160, height: 120 },
      { kind: 'crop', left: 10, top: 30, width: 100, height: 70 },
      { kind: 'resize', width: 200, height: 140 },
    ];
    const white = channel(changePixels(steps, image)) as number[][];
    const rows = white.flatMap((row, y) => (row.some((value) => value > 127) ? [y] : []));
    const columns = white[0]!.flatMap((_, x) => (white.some((row) => row[x]! > 127) ? [x] : []));
    const found = [columns[0]!, rows[0]!, columns.at(-1)! + 1, rows.at(-1)! + 1];
    assert.deepEqual([...changeBoxes(steps, boxes('xyxy', [40, 20, 70, 40]), { width: 80, height: 60 }).data], found);
  });

  it('free what they make on the way', async () => {
    const image = numbered();
    const before = await liveTensors();
    const changed = changePixels(
      [{ kind: 'mirror' }, { kind: 'resize', width: 6, height: 4 }, { kind: 'mirror' }],
      image,
    );
    assert.equal(torch.memory().tensors, before + 1);
    changed.dispose();
  });
});
