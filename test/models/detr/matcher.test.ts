import assert from 'node:assert/strict';
import { fillPairCosts, matchTargets, packTargets, type LayerOutputs } from '../../../ts/models/detr/matcher';
import * as torch from '../../../ts/tensor';
import { boxConvert } from '../../../ts/vision/ops';
import { generalizedIou } from '../../../ts/vision/ops/boxes';
import { assertNumber } from '../../nn/golden';

const COSTS = { classCost: 1, bboxCost: 5, giouCost: 2, numLabels: 2 };
const corners = (boxes: torch.Tensor) => boxConvert(boxes, 'cxcywh', 'xyxy');
const labels = (classes: number[], boxes: number[][]) => ({
  classLabels: torch.tensor(classes, { dtype: 'int64' }),
  boxes: torch.tensor(boxes.flat(), { dtype: 'float32' }).view([-1, 4]),
});
const left = [0.2, 0.5, 0.2, 0.4];
const right = [0.8, 0.5, 0.2, 0.4];

/** Two layers, two images, three queries; the second layer has the boxes of the first in another order. */
function outputs(): LayerOutputs {
  const boxes = torch.tensor([
    [left, right, [0.5, 0.5, 0.9, 0.9]],
    [right, left, [0.5, 0.5, 0.9, 0.9]],
  ]);
  const turned = boxes.indexSelect(1, torch.tensor([2, 0, 1], { dtype: 'int64' }));
  return { logits: torch.zeros([2, 2, 3, 3]), boxes: torch.stack([boxes, turned]) };
}

describe('fillPairCosts', () => {
  it('sums what the operators sum, object by object, and leaves what lies behind them alone', () => {
    torch.manualSeed(0);
    const [queries, objects, likely] = [torch.rand([5, 4]), torch.rand([3, 4]), torch.rand([3, 5])];
    const overlap = generalizedIou(corners(objects).unsqueeze(1), corners(queries)); // (3, 1, 4), (5, 4) -> (3, 5)
    const expected = torch.cdist(objects, queries, 1).mul(5).sub(likely).sub(overlap.mul(2)).data();
    const costs = new Float64Array(3 * 5 + 1).fill(-1);
    const host = (tensor: torch.Tensor) => tensor.data() as Float32Array;
    fillPairCosts(
      costs,
      { classProbabilities: host(likely), boxes: host(queries), objects: host(objects) },
      { classCost: 1, bboxCost: 5, giouCost: 2 },
    );
    expected.forEach((cost, i) => assertNumber(costs[i]!, Number(cost), `pair ${i}`));
    assert.equal(costs.at(-1), -1);
  });
});

describe('matchTargets', () => {
  const match = (given: LayerOutputs, ...targets: ReturnType<typeof labels>[]) =>
    matchTargets(given, packTargets(targets, targets.length, { dtype: 'float32', device: 'cpu' }), COSTS);

  it('pairs every object with the query that is nearest, in each layer and image', () => {
    const { pairs, queries, objects, classes } = match(outputs(), labels([0, 1], [right, left]), labels([1], [left]));
    assert.equal(pairs, 3);
    // First layer: queries 0 and 1 of the first image, 1 of the second; the second layer has all one further.
    assert.deepEqual([...queries], [0, 1, 3 + 1, 6 + 1, 6 + 2, 9 + 2]);
    assert.deepEqual([...objects], [1, 0, 2, 1, 0, 2]);
    assert.deepEqual(Array.from(classes), [0, 1, 1]);
  });

  it('lets the class decide between boxes that are alike', () => {
    const given = outputs();
    const same = { logits: given.logits.clone(), boxes: torch.tensor(left).expand([1, 1, 3, 4]) };
    same.logits = torch.tensor([
      [
        [
          [0, 5, 0],
          [5, 0, 0],
          [0, 0, 5],
        ],
      ],
    ]);
    const { queries, objects } = match(same, labels([0, 1], [left, left]));
    assert.deepEqual(
      [[...queries], [...objects]],
      [
        [0, 1],
        [1, 0],
      ],
    );
  });

  it('gives every query an object when there are more objects than queries', () => {
    const { pairs, queries } = match(
      { logits: torch.zeros([1, 1, 2, 3]), boxes: torch.rand([1, 1, 2, 4]) },
      labels([0, 0, 1], [left, right, left]),
    );
    assert.deepEqual([pairs, [...queries]], [2, [0, 1]]);
  });

  it('pairs nothing where nothing is', () => {
    const { pairs, queries } = match(outputs(), labels([], []), labels([], []));
    assert.deepEqual([pairs, queries.length], [0, 0]);
    assert.deepEqual([...match(outputs(), labels([], []), labels([1], [left])).queries], [3 + 1, 9 + 2]);
  });
});
