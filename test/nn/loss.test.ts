import assert from 'node:assert/strict';
import { ShapeError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { assertClose, assertNumber, goldenTensors } from './golden';
import type { TestedLayer } from './layer-cases';

describe('the losses', () => {
  const golden = goldenTensors('nn-losses');
  const g = (name: string): Tensor => golden.get(name);
  type Loss = nn.Module | ((...inputs: Tensor[]) => Tensor);
  const F = nn.functional;
  const alignment = (x: Tensor, y: Tensor): Tensor => torch.rsub(torch.cosineSimilarity(x, y), 1);

  const cases: Record<string, [...inputs: string[], loss: Loss]> = {
    bce_logits: ['logits', 'soft', new nn.BCEWithLogitsLoss()],
    bce_logits_weighted: [
      'logits',
      'soft',
      new nn.BCEWithLogitsLoss({ weight: g('element'), posWeight: g('pos_weight') }),
    ],
    bce_logits_sum: ['logits', 'soft', new nn.BCEWithLogitsLoss({ reduction: 'sum' })],
    bce_logits_none: ['logits', 'soft', new nn.BCEWithLogitsLoss({ reduction: 'none', posWeight: g('pos_weight') })],
    bce: ['distribution', 'soft', new nn.BCELoss({ weight: g('weight') })],
    cross_entropy: ['logits', 'classes', new nn.CrossEntropyLoss()],
    cross_entropy_weighted: ['logits', 'classes', new nn.CrossEntropyLoss({ weight: g('weight') })],
    cross_entropy_ignored: ['logits', 'classes', new nn.CrossEntropyLoss({ ignoreIndex: 4 })],
    cross_entropy_smoothed: [
      'logits',
      'classes',
      new nn.CrossEntropyLoss({ weight: g('weight'), ignoreIndex: 0, labelSmoothing: 0.1 }),
    ],
    cross_entropy_soft: ['logits', 'distribution', new nn.CrossEntropyLoss({ labelSmoothing: 0.2 })],
    cross_entropy_maps: ['maps', 'pixels', new nn.CrossEntropyLoss({ reduction: 'none' })],
    nll: ['logits', 'classes', new nn.NLLLoss({ weight: g('weight'), ignoreIndex: 2 })],
    mse: ['logits', 'soft', new nn.MSELoss()],
    mse_none: ['logits', 'soft', new nn.MSELoss({ reduction: 'none' })],
    l1: ['logits', 'soft', new nn.L1Loss()],
    l1_sum: ['logits', 'soft', new nn.L1Loss({ reduction: 'sum' })],
    smooth_l1: ['logits', 'soft', new nn.SmoothL1Loss({ beta: 0.5 })],
    smooth_l1_zero: ['logits', 'soft', new nn.SmoothL1Loss({ beta: 0 })],
    huber: ['logits', 'soft', new nn.HuberLoss({ delta: 0.7 })],
    kl_div: ['log_distribution', 'distribution', new nn.KLDivLoss()],
    kl_div_batchmean: [
      'log_distribution',
      'log_distribution2',
      new nn.KLDivLoss({ reduction: 'batchmean', logTarget: true }),
    ],
    ctc: ['log_probs', 'sequences', 'input_lengths', 'target_lengths', new nn.CTCLoss()],
    ctc_none: [
      'log_probs',
      'sequences',
      'input_lengths',
      'target_lengths',
      new nn.CTCLoss({ blank: 3, reduction: 'none', zeroInfinity: true }),
    ],
    poisson_nll: ['logits', 'counts', new nn.PoissonNLLLoss()],
    poisson_nll_full: ['soft', 'counts', new nn.PoissonNLLLoss({ logInput: false, full: true, reduction: 'sum' })],
    gaussian_nll: ['logits', 'other', 'variance', new nn.GaussianNLLLoss()],
    gaussian_nll_rows: [
      'logits',
      'other',
      'row_variance',
      new nn.GaussianNLLLoss({ full: true, eps: 0.3, reduction: 'none' }),
    ],
    cosine_embedding: ['logits', 'other', 'signs', new nn.CosineEmbeddingLoss({ margin: -0.2 })],
    margin_ranking: ['logits', 'other', 'element_signs', new nn.MarginRankingLoss({ margin: 0.3 })],
    hinge_embedding: ['logits', 'element_signs', new nn.HingeEmbeddingLoss()],
    soft_margin: ['logits', 'element_signs', new nn.SoftMarginLoss({ reduction: 'sum' })],
    multi_margin: ['logits', 'classes', new nn.MultiMarginLoss({ p: 2, margin: 0.7, weight: g('weight') })],
    multi_margin_none: ['logits', 'classes', new nn.MultiMarginLoss({ reduction: 'none' })],
    multi_label_margin: ['logits', 'labels', new nn.MultiLabelMarginLoss()],
    multi_label_soft_margin: ['logits', 'multi_hot', new nn.MultiLabelSoftMarginLoss({ weight: g('weight') })],
    triplet_margin: ['logits', 'other', 'third', new nn.TripletMarginLoss({ margin: 2, p: 1, swap: true })],
    triplet_margin_none: ['logits', 'other', 'third', new nn.TripletMarginLoss({ reduction: 'none' })],
    triplet_distance: ['logits', 'other', 'third', new nn.TripletMarginWithDistanceLoss()],
    triplet_distance_own: [
      'logits',
      'other',
      'third',
      new nn.TripletMarginWithDistanceLoss({ distanceFunction: alignment, margin: 0.4, swap: true, reduction: 'sum' }),
    ],
    focal: ['logits', 'multi_hot', (x, y) => F.sigmoidFocalLoss(x!, y!)],
    focal_unweighted: [
      'logits',
      'multi_hot',
      (x, y) => F.sigmoidFocalLoss(x!, y!, { alpha: -1, gamma: 1.5, reduction: 'mean' }),
    ],
    giou: ['boxes', 'other_boxes', (x, y) => F.generalizedBoxIouLoss(x!, y!)],
    giou_mean: ['boxes', 'other_boxes', (x, y) => F.generalizedBoxIouLoss(x!, y!, { reduction: 'mean' })],
  };

  for (const [name, given] of Object.entries(cases)) {
    it(`${name}: value and gradients are PyTorch's`, () => {
      const loss = given.at(-1) as Loss;
      const inputs = (given.slice(0, -1) as string[]).map((input) => g(input).clone());
      const leaves = inputs.filter((_, i) => golden.names.includes(`${name}.grad.${i}`));
      for (const leaf of leaves) leaf.requiresGrad_(true);
      const value = loss instanceof nn.Module ? (loss as TestedLayer).forward(...inputs) : loss(...inputs);
      const weights = torch.arange(1, value.numel() + 1).view(value.shape);
      value.mul(weights).sum().backward();
      assertClose(value, g(`${name}.value`), { what: 'value' });
      for (const [i, leaf] of leaves.entries())
        assertClose(leaf.grad!, g(`${name}.grad.${i}`), { what: `gradient ${i}` });
      assert.ok(leaves.length > 0);
    });
  }

  it('CTC takes its lengths as numbers', () => {
    const lengths: [number[], number[]] = [
      [7, 5],
      [3, 2],
    ];
    const value = new nn.CTCLoss().forward(g('log_probs'), g('sequences'), ...lengths);
    assertClose(value, g('ctc.value'));
  });

  it('no boxes have the mean GIoU loss 0, and boxes apart one above 1', () => {
    const none = torch.zeros([0, 4]);
    assert.equal(F.generalizedBoxIouLoss(none, none, { reduction: 'mean' }).item(), 0);
    const apart = F.generalizedBoxIouLoss(torch.tensor([[0, 0, 1, 1]]), torch.tensor([[3, 0, 4, 1]]));
    assertNumber(Number(apart.item()), 1.5);
  });

  it('BCEWithLogitsLoss stays finite where the sigmoid saturates', () => {
    const loss = new nn.BCEWithLogitsLoss().forward(torch.tensor([1000, -1000]), torch.tensor([0, 0]));
    assert.equal(loss.item(), 500);
  });

  it('weights are buffers: they move with the loss and stand in its state dict', () => {
    const loss = new nn.BCEWithLogitsLoss({ posWeight: g('pos_weight') });
    assert.deepEqual(Object.keys(loss.stateDict()), ['pos_weight']);
    assert.equal(loss.to('float64').pos_weight!.dtype, 'float64');
  });

  it('mismatched shapes and unknown reductions are refused', () => {
    assert.throws(
      () => new nn.BCEWithLogitsLoss().forward(torch.zeros([2, 3]), torch.zeros([2, 1])),
      new ShapeError('binaryCrossEntropyWithLogits: target [2, 1] must have the shape of input [2, 3].'),
    );
    assert.throws(
      () => new nn.MSELoss({ reduction: 'avg' as 'mean' }).forward(torch.zeros([1]), torch.zeros([1])),
      /reduction must be 'none', 'mean' or 'sum', got 'avg'/,
    );
    assert.throws(
      () => new nn.GaussianNLLLoss().forward(g('logits'), g('other'), -1),
      /the variance must not be negative/,
    );
    assert.throws(
      () => F.gaussianNllLoss(g('logits'), g('other'), g('weight')),
      /the variance \[5\] does not fit the input \[4, 5\]/,
    );
    assert.throws(
      () => F.generalizedBoxIouLoss(torch.zeros([2, 3]), torch.zeros([2, 3])),
      /expects boxes \(M, 4\), got \[2, 3\]/,
    );
    assert.throws(
      () => new nn.CrossEntropyLoss({ ignore_index: 3 } as object),
      /the option 'ignore_index' does not exist\. Did you mean ignoreIndex\?/,
    );
  });
});
