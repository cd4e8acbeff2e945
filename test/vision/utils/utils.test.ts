import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { torch } from '../../../ts';

const { utils } = torch.vision;
const black = (height = 6, width = 8) => torch.zeros([3, height, width], { dtype: 'uint8' });
const pixel = (image: torch.Tensor, x: number, y: number) => image.index(torch.slice(null), y, x).tolist();

// Values worked by hand from torchvision's definitions.
describe('vision.utils.makeGrid', () => {
  it('sets images side by side, with a margin', () => {
    const images = torch.arange(3, { dtype: 'float32' }).add(1).view([3, 1, 1, 1]).expand([3, 1, 1, 2]);
    const grid = utils.makeGrid(images, { nrow: 2, padding: 1, padValue: 9 });
    assert.deepEqual(grid.shape, [3, 5, 7]);
    assert.deepEqual(grid.index(0).tolist(), [
      [9, 9, 9, 9, 9, 9, 9],
      [9, 1, 1, 9, 2, 2, 9],
      [9, 9, 9, 9, 9, 9, 9],
      [9, 3, 3, 9, 9, 9, 9],
      [9, 9, 9, 9, 9, 9, 9],
    ]);
    assert.deepEqual(utils.makeGrid([torch.rand([3, 4, 4]), torch.rand([3, 4, 4])]).shape, [3, 8, 14]);
    assert.deepEqual(utils.makeGrid(torch.rand([4, 5])).shape, [3, 4, 5]);
  });

  it('normalizes all together, each by itself, or by a range', () => {
    const images = torch.tensor([0, 1, 2, 6]).view([2, 1, 1, 2]);
    const flat = (options: torch.vision.utils.GridOptions) =>
      utils
        .makeGrid(images, { padding: 0, normalize: true, ...options })
        .index(0)
        .tolist();
    assert.deepEqual(flat({}), [[0, Math.fround(1 / 6), Math.fround(2 / 6), 1]]);
    assert.deepEqual(flat({ scaleEach: true }), [[0, 1, 0, 1]]);
    assert.deepEqual(flat({ valueRange: [0, 2] }), [[0, 0.5, 1, 1]]);
    assert.equal(images.max().item(), 6);
    assert.throws(() => utils.makeGrid(images, { value_range: [0, 1] } as object), /Did you mean valueRange/);
  });
});

describe('vision.utils.saveImage', () => {
  it('writes what can be read again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'torchts-image-'));
    try {
      const path = join(folder, 'x.png');
      const image = torch.tensor([0, 0.5, 1, 2]).view([1, 2, 2]).expand([3, 2, 2]);
      await utils.saveImage(image, path);
      const { data, width, height } = await torch.vision.decodeImage(path);
      assert.deepEqual([[...data].filter((_, i) => i % 3 === 0), width, height], [[0, 128, 255, 255], 2, 2]);
      await assert.rejects(utils.saveImage(image, join(folder, 'x.txt')), /ends in \.png/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('vision.utils that draw', () => {
  it('outline boxes, fill them, and leave the image alone', () => {
    const image = black();
    const drawn = utils.drawBoundingBoxes(image, torch.tensor([[1, 1, 4, 3]]), { colors: 'red' });
    assert.deepEqual(
      [pixel(drawn, 1, 1), pixel(drawn, 4, 3), pixel(drawn, 2, 2), pixel(drawn, 5, 3)],
      [
        [255, 0, 0],
        [255, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    );
    assert.equal(image.to('float32').sum().item(), 0);
    const filled = utils.drawBoundingBoxes(image, torch.tensor([[0, 0, 5, 5]]), {
      colors: [[0, 0, 255]],
      fill: true,
      width: 2,
    });
    assert.deepEqual(
      [pixel(filled, 1, 1), pixel(filled, 2, 2)],
      [
        [0, 0, 255],
        [0, 0, 100],
      ],
    );
  });

  it('write labels', () => {
    const boxes = torch.tensor([[0, 0, 38, 28]]);
    const [without, with_] = [null, ['cat']].map((labels) =>
      utils.drawBoundingBoxes(black(30, 40), boxes, { labels, colors: '#00ff00' }).gt(0).sum().item(),
    );
    assert.ok(Number(with_) > Number(without));
    assert.throws(
      () => utils.drawBoundingBoxes(black(), boxes, { labels: ['a', 'b'] }),
      /a label for each of 1 boxes, found 2/,
    );
    assert.throws(() => utils.drawBoundingBoxes(black(), boxes, { colors: 'reddish' }), /found reddish/);
  });

  it('take floats, and give them', () => {
    const drawn = utils.drawBoundingBoxes(torch.zeros([1, 4, 4]), torch.tensor([[0, 0, 3, 3]]), { colors: 'white' });
    assert.deepEqual([drawn.dtype, drawn.shape, drawn.max().item()], ['float32', [3, 4, 4], 1]);
  });

  it('lay masks over', () => {
    const masks = torch.zeros([2, 6, 8], { dtype: 'bool' });
    masks.indexPut_([0, 0, torch.slice(0, 2)], true).indexPut_([1, 0, 1], true);
    const drawn = utils.drawSegmentationMasks(black(), masks, { alpha: 0.5, colors: ['red', 'blue'] });
    assert.deepEqual(
      [pixel(drawn, 0, 0), pixel(drawn, 1, 0), pixel(drawn, 2, 0)],
      [
        [128, 0, 0],
        [0, 0, 128],
        [0, 0, 0],
      ],
    );
    assert.throws(() => utils.drawSegmentationMasks(black(), masks.to('uint8')), /masks of bool, found uint8/);
  });

  it('draw points and lines', () => {
    const drawn = utils.drawKeypoints(
      black(),
      torch.tensor([
        [
          [1, 1],
          [6, 1],
        ],
      ]),
      { connectivity: [[0, 1]], radius: 0, width: 1, colors: 'lime' },
    );
    assert.deepEqual(
      [pixel(drawn, 1, 1), pixel(drawn, 4, 1), pixel(drawn, 4, 3)],
      [
        [0, 255, 0],
        [0, 255, 0],
        [0, 0, 0],
      ],
    );
  });
});
