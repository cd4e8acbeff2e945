import assert from 'node:assert/strict';
import { torch } from '../../../ts';

const { ops } = torch.vision;
const { assertClose } = torch.testing;
const boxes = () =>
  torch.tensor([
    [0, 0, 10, 10],
    [0, 0, 10, 5],
    [20, 20, 30, 30],
  ]);

// Values worked by hand from torchvision's definitions.
describe('vision.ops of boxes', () => {
  it('measures areas, of integers and half floats too', () => {
    assert.deepEqual(ops.boxArea(boxes()).tolist(), [100, 50, 100]);
    assert.deepEqual([ops.boxArea(boxes().to('int32')).dtype, ops.boxArea(boxes().half()).dtype], ['int64', 'float32']);
    assert.throws(() => ops.boxArea(torch.zeros([3])), /expected boxes \(N, 4\), found \[3\]/);
  });

  it('compares pairs by IoU', () => {
    assertClose(
      ops.boxIou(boxes(), boxes()),
      torch.tensor([
        [1, 0.5, 0],
        [0.5, 1, 0],
        [0, 0, 1],
      ]),
    );
    assert.deepEqual(ops.boxIou(boxes(), torch.zeros([0, 4])).shape, [3, 0]);
    assertClose(ops.boxIou(boxes().to('int64'), boxes().to('int64')).index(0), torch.tensor([1, 0.5, 0]));
  });

  it('compares pairs by GIoU', () => {
    // first and third: no intersection, union 200, hull 30 * 30
    assertClose(ops.generalizedBoxIou(boxes(), boxes()).index(0), torch.tensor([1, 0.5, -700 / 900]));
  });

  it('compares pairs by DIoU and CIoU', () => {
    // centres (5, 5), (5, 2.5), (25, 25); squared diagonals 200, 200, 1800
    assertClose(ops.distanceBoxIou(boxes(), boxes()).index(0), torch.tensor([1, 0.5 - 6.25 / 200, -800 / 1800]));
    const v = (4 / Math.PI ** 2) * (Math.atan(1) - Math.atan(2)) ** 2;
    assertClose(
      ops.completeBoxIou(boxes(), boxes()).index(0),
      torch.tensor([1, 0.5 - 6.25 / 200 - (v / (1 - 0.5 + v)) * v, -800 / 1800]),
    );
  });

  it('has gradients', () => {
    for (const of of [ops.boxIou, ops.generalizedBoxIou, ops.distanceBoxIou]) {
      const input = torch.tensor(
        [
          [0, 0, 2, 2.5],
          [1, 1, 3.5, 3],
        ],
        { dtype: 'float64', requiresGrad: true },
      );
      const other = torch.tensor([[0.5, 0.25, 2.25, 3]], { dtype: 'float64' });
      assert.ok(torch.autograd.gradcheck((x: torch.Tensor) => of(x, other), [input]));
    }
  });

  it('converts between formats', () => {
    const corners = torch.tensor([[10, 20, 40, 60]]);
    assert.deepEqual(ops.boxConvert(corners, 'xyxy', 'xywh').tolist(), [[10, 20, 30, 40]]);
    assert.deepEqual(ops.boxConvert(corners, 'xyxy', 'cxcywh').tolist(), [[25, 40, 30, 40]]);
    assert.deepEqual(ops.boxConvert(torch.tensor([[25, 40, 30, 40]]), 'cxcywh', 'xyxy').tolist(), [[10, 20, 40, 60]]);
    assert.deepEqual(ops.boxConvert(torch.tensor([[25, 40, 30, 40]]), 'cxcywh', 'xywh').tolist(), [[10, 20, 30, 40]]);
    assert.throws(() => ops.boxConvert(corners, 'xyxy', 'yxyx' as never), /found "yxyx"/);
  });

  it('cuts, leaves out and finds boxes', () => {
    assert.deepEqual(ops.clipBoxesToImage(torch.tensor([[-1, 2, 50, 60]]), [30, 40]).tolist(), [[0, 2, 40, 30]]);
    assert.deepEqual(ops.removeSmallBoxes(boxes(), 6).tolist(), [0, 2]);
    const masks = torch.zeros([2, 5, 6], { dtype: 'bool' });
    masks.indexPut_([0, torch.slice(1, 4), torch.slice(2, 4)], true).indexPut_([1, 4, 0], true);
    assert.deepEqual(ops.masksToBoxes(masks).tolist(), [
      [2, 1, 3, 3],
      [0, 4, 0, 4],
    ]);
    assert.throws(() => ops.masksToBoxes(torch.zeros([1, 2, 2])), /mask 0 empty/);
  });
});

describe('vision.ops of suppression', () => {
  const scores = () => torch.tensor([0.5, 0.9, 0.7, 0.6]);
  const four = () =>
    torch.tensor([
      [0, 0, 10, 10],
      [0, 0, 10, 9],
      [20, 20, 30, 30],
      [0, 0, 10, 4],
    ]);

  it('keeps the best of boxes that overlap', () => {
    assert.deepEqual(ops.nms(four(), scores(), 0.5).tolist(), [1, 2, 3]);
    assert.deepEqual(ops.nms(four(), scores(), 0.4).tolist(), [1, 2]);
    assert.deepEqual(ops.nms(four(), scores(), 0.95).tolist(), [1, 2, 3, 0]);
    assert.equal(ops.nms(four(), scores(), 0.5).dtype, 'int64');
    assert.deepEqual(ops.nms(torch.zeros([0, 4]), torch.zeros([0]), 0.5).tolist(), []);
  });

  it('keeps a box whose IoU is the threshold', () => {
    assert.deepEqual(
      ops
        .nms(
          torch.tensor([
            [0, 0, 10, 10],
            [0, 0, 10, 5],
          ]),
          torch.tensor([1, 0.5]),
          0.5,
        )
        .tolist(),
      [0, 1],
    );
  });

  it('goes by classes', () => {
    const classes = torch.tensor([1, 0, 0, 0], { dtype: 'int64' });
    assert.deepEqual(ops.batchedNms(four(), scores(), classes, 0.4).tolist(), [1, 2, 0]);
    assert.throws(() => ops.nms(four(), torch.ones([3]), 0.5), /a score for each of 4 boxes, found \[3\]/);
  });
});

/** The definition, point by point. */
function alignByHand(
  image: number[][],
  box: number[],
  cells: number,
  { scale = 1, ratio = -1, aligned = false },
): number[][] {
  const [height, width] = [image.length, image[0]!.length];
  const at = (y: number, x: number): number => {
    if (y < -1 || y > height || x < -1 || x > width) return 0;
    const [yy, xx] = [Math.min(Math.max(y, 0), height - 1), Math.min(Math.max(x, 0), width - 1)];
    const [y0, x0] = [Math.floor(yy), Math.floor(xx)];
    const [y1, x1] = [Math.min(y0 + 1, height - 1), Math.min(x0 + 1, width - 1)];
    const [dy, dx] = [yy - y0, xx - x0];
    return (
      image[y0]![x0]! * (1 - dy) * (1 - dx) +
      image[y0]![x1]! * (1 - dy) * dx +
      image[y1]![x0]! * dy * (1 - dx) +
      image[y1]![x1]! * dy * dx
    );
  };
  const shift = aligned ? 0.5 : 0;
  const [x0, y0, x1, y1] = box.map((value) => value * scale - shift) as [number, number, number, number];
  const [w, h] = [x1 - x0, y1 - y0].map((side) => (aligned ? side : Math.max(side, 1))) as [number, number];
  const [ny, nx] = ratio > 0 ? [ratio, ratio] : [Math.ceil(h / cells), Math.ceil(w / cells)];
  return Array.from({ length: cells }, (_, i) =>
    Array.from({ length: cells }, (_, j) => {
      let sum = 0;
      for (let a = 0; a < ny; a++)
        for (let b = 0; b < nx; b++)
          sum += at(y0 + ((i + (a + 0.5) / ny) * h) / cells, x0 + ((j + (b + 0.5) / nx) * w) / cells);
      return sum / Math.max(ny * nx, 1);
    }),
  );
}

describe('vision.ops of regions', () => {
  const image = Array.from({ length: 5 }, (_, y) => Array.from({ length: 6 }, (_, x) => Math.sin(3 * y + x * x)));

  for (const [box, options] of [
    [[0, 0, 4, 4], {}],
    [[1, 0.5, 5.5, 4.25], { ratio: 2, aligned: true }],
    [[-3, -2, 9, 8], { aligned: true }],
    [[2, 4, 10, 8], { scale: 0.5, ratio: 3 }],
    [[2, 2, 2.1, 2.1], {}],
  ] as const) {
    it(`aligns ${box.join(' ')} ${JSON.stringify(options)}`, () => {
      const { scale, ratio, aligned } = { scale: 1, ratio: -1, aligned: false, ...options };
      const input = torch.tensor([image], { dtype: 'float64' }).unsqueeze(0);
      const rois = torch.tensor([[0, ...box]], { dtype: 'float64' });
      const found = ops.roiAlign(input, rois, 3, { spatialScale: scale, samplingRatio: ratio, aligned });
      assertClose(found, torch.tensor([[alignByHand(image, [...box], 3, options)]], { dtype: 'float64' }));
    });
  }

  it('aligns a value that is worked by hand', () => {
    // cell 0 of [0, 2): samples at 0.5 and 1.5 in both directions of 4 y + x
    const input = torch.arange(16, { dtype: 'float32' }).view(1, 1, 4, 4);
    assert.deepEqual(ops.roiAlign(input, [torch.tensor([[0, 0, 4, 4]])], 2, { samplingRatio: 2 }).tolist(), [
      [
        [
          [5, 6.75],
          [12, 13.75],
        ],
      ],
    ]);
  });

  it('takes lists of boxes, several images and channels', () => {
    const input = torch.rand([2, 3, 6, 6]);
    const lists = [
      torch.tensor([
        [0, 0, 3, 3],
        [1, 1, 5, 5],
      ]),
      torch.tensor([[2, 2, 6, 6]]),
    ];
    const rows = torch.tensor([
      [0, 0, 0, 3, 3],
      [0, 1, 1, 5, 5],
      [1, 2, 2, 6, 6],
    ]);
    for (const of of [ops.roiAlign, ops.roiPool]) {
      const found = of(input, lists, [2, 3]);
      assert.deepEqual(found.shape, [3, 3, 2, 3]);
      assertClose(found, of(input, rows, [2, 3]));
      assertClose(
        found.index(2).index(1),
        of(input.narrow(0, 1, 1).narrow(1, 1, 1), [lists[1]!], [2, 3])
          .index(0)
          .index(0),
      );
      assert.deepEqual(of(input, torch.zeros([0, 5]), 2).shape, [0, 3, 2, 2]);
    }
    assert.throws(() => ops.roiAlign(input, torch.tensor([[2, 0, 0, 1, 1]]), 2), /images from 0 to 1, found 2/);
    assert.throws(() => ops.roiAlign(input, torch.zeros([1, 4]), 2), /boxes \(K, 5\)/);
  });

  it('pools the greatest of each cell', () => {
    const input = torch.arange(16, { dtype: 'float32' }).view(1, 1, 4, 4);
    assert.deepEqual(ops.roiPool(input, torch.tensor([[0, 0, 0, 3, 3]]), 2).tolist(), [
      [
        [
          [5, 7],
          [13, 15],
        ],
      ],
    ]);
    assert.deepEqual(ops.roiPool(input, torch.tensor([[0, 0, 0, 6, 6]]), 2, { spatialScale: 0.25 }).tolist(), [
      [
        [
          [5, 6],
          [9, 10],
        ],
      ],
    ]); // [0, 2]: cells of 1.5
    assert.deepEqual(ops.roiPool(input, torch.tensor([[0, 9, 9, 10, 10]]), 1).tolist(), [[[[0]]]]);
  });

  it('has gradients', () => {
    const rois = torch.tensor([[0, 0.3, 0.2, 3.1, 2.9]], { dtype: 'float64' });
    for (const of of [ops.roiAlign, ops.roiPool]) {
      const input = torch.randperm(16).to('float64').view(1, 1, 4, 4).requiresGrad_(true);
      assert.ok(torch.autograd.gradcheck((x: torch.Tensor) => of(x, rois, 2), [input]));
    }
  });
});

describe('vision.ops.sigmoidFocalLoss', () => {
  it('weighs what is hard', () => {
    const p = 1 / (1 + Math.exp(-0.5));
    const expected = [0.25 * (1 - p) ** 2 * -Math.log(p), 0.75 * p ** 2 * -Math.log(1 - p)];
    const inputs = torch.tensor([0.5, 0.5]);
    const targets = torch.tensor([1, 0]);
    assertClose(ops.sigmoidFocalLoss(inputs, targets), torch.tensor(expected));
    assertClose(
      ops.sigmoidFocalLoss(inputs, targets, { reduction: 'mean' }),
      torch.tensor((expected[0]! + expected[1]!) / 2),
    );
    assertClose(
      ops.sigmoidFocalLoss(inputs, targets, { alpha: -1, gamma: 0, reduction: 'sum' }),
      torch.tensor(-Math.log(p) - Math.log(1 - p)),
    );
    assert.throws(() => ops.sigmoidFocalLoss(inputs, targets, { alpha: 2 }), /alpha from 0 to 1/);
  });
});
