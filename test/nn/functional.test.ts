import assert from 'node:assert/strict';
import { functional as F } from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { assertClose, goldenTensors } from './golden';

describe('nn.functional', () => {
  const golden = goldenTensors('nn-functional');
  const g = (name: string): Tensor => golden.get(name);
  const [image, rows, line, volume] = [g('image'), g('rows'), g('line'), g('volume')];
  const [other, third, signs, table] = [g('other'), g('third'), g('signs'), g('table')];

  /** Each function with its required arguments alone, under Python's name. */
  const plain: Record<string, () => Tensor> = {
    celu: () => F.celu(rows),
    elu: () => F.elu(rows),
    gelu: () => F.gelu(rows),
    hardshrink: () => F.hardshrink(rows),
    hardsigmoid: () => F.hardsigmoid(rows),
    hardswish: () => F.hardswish(rows),
    hardtanh: () => F.hardtanh(rows),
    leaky_relu: () => F.leakyRelu(rows),
    logsigmoid: () => F.logsigmoid(rows),
    mish: () => F.mish(rows),
    normalize: () => F.normalize(rows),
    relu: () => F.relu(rows),
    relu6: () => F.relu6(rows),
    rrelu: () => F.rrelu(rows),
    selu: () => F.selu(rows),
    sigmoid: () => F.sigmoid(rows),
    silu: () => F.silu(rows),
    softplus: () => F.softplus(rows),
    softshrink: () => F.softshrink(rows),
    softsign: () => F.softsign(rows),
    tanh: () => F.tanh(rows),
    tanhshrink: () => F.tanhshrink(rows),
    glu: () => F.glu(line),
    log_softmax: () => F.logSoftmax(rows, 1),
    softmax: () => F.softmax(rows, 1),
    softmin: () => F.softmin(rows, 1),
    threshold: () => F.threshold(rows, 0.1, 2.5),
    prelu: () => F.prelu(rows, g('slope')),
    one_hot: () => F.oneHot(g('classes')),
    pdist: () => F.pdist(rows),
    gumbel_softmax: () => F.gumbelSoftmax(rows),
    dropout: () => F.dropout(rows),
    alpha_dropout: () => F.alphaDropout(rows),
    dropout1d: () => F.dropout1d(line),
    dropout2d: () => F.dropout2d(image),
    dropout3d: () => F.dropout3d(volume),
    feature_alpha_dropout: () => F.featureAlphaDropout(image),

    adaptive_avg_pool1d: () => F.adaptiveAvgPool1d(line, 2),
    adaptive_avg_pool2d: () => F.adaptiveAvgPool2d(image, 2),
    adaptive_avg_pool3d: () => F.adaptiveAvgPool3d(volume, 2),
    adaptive_max_pool1d: () => F.adaptiveMaxPool1d(line, 2),
    adaptive_max_pool2d: () => F.adaptiveMaxPool2d(image, 2),
    adaptive_max_pool3d: () => F.adaptiveMaxPool3d(volume, 2),
    adaptive_max_pool1d_with_indices: () => F.adaptiveMaxPool1dWithIndices(line, 2)[1],
    adaptive_max_pool2d_with_indices: () => F.adaptiveMaxPool2dWithIndices(image, 2)[1],
    adaptive_max_pool3d_with_indices: () => F.adaptiveMaxPool3dWithIndices(volume, 2)[1],
    avg_pool1d: () => F.avgPool1d(line, 2),
    avg_pool2d: () => F.avgPool2d(image, 2),
    avg_pool3d: () => F.avgPool3d(volume, 2),
    max_pool1d: () => F.maxPool1d(line, 2),
    max_pool2d: () => F.maxPool2d(image, 2),
    max_pool3d: () => F.maxPool3d(volume, 2),
    max_pool1d_with_indices: () => F.maxPool1dWithIndices(line, 2)[1],
    max_pool2d_with_indices: () => F.maxPool2dWithIndices(image, 2)[1],
    max_pool3d_with_indices: () => F.maxPool3dWithIndices(volume, 2)[1],
    max_unpool1d: () => F.maxUnpool1d(g('pair'), g('pair_places'), 2),
    max_unpool2d: () => F.maxUnpool2d(g('pooled'), g('places'), 2),
    max_unpool3d: () => F.maxUnpool3d(g('pooled').unsqueeze(0), g('places').unsqueeze(0), [1, 2, 2]),
    lp_pool1d: () => F.lpPool1d(line, 2, 2),
    lp_pool2d: () => F.lpPool2d(image, 2, 2),
    lp_pool3d: () => F.lpPool3d(volume, 2, 2),

    conv1d: () => F.conv1d(line, g('kernel1')),
    conv2d: () => F.conv2d(image, g('kernel2')),
    conv3d: () => F.conv3d(volume, g('kernel3')),
    conv_tbc: () => F.convTbc(line, g('tbc'), g('channels')),
    conv_transpose1d: () => F.convTranspose1d(line, g('transposed1')),
    conv_transpose2d: () => F.convTranspose2d(image, g('transposed2')),
    conv_transpose3d: () => F.convTranspose3d(volume, g('transposed3')),
    linear: () => F.linear(rows, other),
    bilinear: () => F.bilinear(rows, other, g('square')),
    embedding: () => F.embedding(g('indices'), table),
    embedding_bag: () => F.embeddingBag(g('indices'), table),
    batch_norm: () => F.batchNorm(image, g('channels'), g('spread')),
    instance_norm: () => F.instanceNorm(image),
    group_norm: () => F.groupNorm(line, 2),
    layer_norm: () => F.layerNorm(rows, [5]),
    rms_norm: () => F.rmsNorm(rows, [5]),
    local_response_norm: () => F.localResponseNorm(line, 3),
    cosine_similarity: () => F.cosineSimilarity(rows, other),
    pairwise_distance: () => F.pairwiseDistance(rows, other),
    pixel_shuffle: () => F.pixelShuffle(volume.reshape([1, 8, 4, 5]), 2),
    pixel_unshuffle: () => F.pixelUnshuffle(volume.select(0, 0).narrow(2, 0, 4), 2),
    channel_shuffle: () => F.channelShuffle(line, 2),
    pad: () => F.pad(rows, [1, 2]),
    unfold: () => F.unfold(image, 2),
    fold: () => F.fold(g('columns'), [5, 6], 2),
    interpolate: () => F.interpolate(line, { size: 9 }),
    upsample: () => F.upsample(image, { size: 4 }),
    affine_grid: () => F.affineGrid(g('theta'), [1, 2, 3, 2]),
    grid_sample: () => F.gridSample(image, g('grid')),
    scaled_dot_product_attention: () => F.scaledDotProductAttention(g('query'), g('query'), g('query')),

    binary_cross_entropy: () => F.binaryCrossEntropy(rows.sigmoid(), g('probabilities')),
    binary_cross_entropy_with_logits: () => F.binaryCrossEntropyWithLogits(rows, g('probabilities')),
    cross_entropy: () => F.crossEntropy(rows, g('classes')),
    nll_loss: () => F.nllLoss(rows, g('classes')),
    l1_loss: () => F.l1Loss(rows, other),
    mse_loss: () => F.mseLoss(rows, other),
    smooth_l1_loss: () => F.smoothL1Loss(rows, other),
    huber_loss: () => F.huberLoss(rows, other),
    kl_div: () => F.klDiv(rows, g('probabilities')),
    ctc_loss: () => F.ctcLoss(g('log_probs'), g('sequences'), g('lengths'), g('lengths2')),
    poisson_nll_loss: () => F.poissonNllLoss(rows, g('probabilities')),
    gaussian_nll_loss: () => F.gaussianNllLoss(rows, other, g('probabilities')),
    cosine_embedding_loss: () => F.cosineEmbeddingLoss(rows, other, g('row_signs')),
    margin_ranking_loss: () => F.marginRankingLoss(rows, other, signs),
    hinge_embedding_loss: () => F.hingeEmbeddingLoss(rows, signs),
    soft_margin_loss: () => F.softMarginLoss(rows, signs),
    multi_margin_loss: () => F.multiMarginLoss(rows, g('classes')),
    multilabel_margin_loss: () => F.multilabelMarginLoss(rows, g('labels')),
    multilabel_soft_margin_loss: () => F.multilabelSoftMarginLoss(rows, g('probabilities')),
    triplet_margin_loss: () => F.tripletMarginLoss(rows, other, third),
    triplet_margin_with_distance_loss: () => F.tripletMarginWithDistanceLoss(rows, other, third),
  };

  it('every function gives PyTorch’s numbers with its required arguments alone', () => {
    const names = golden.names.filter((name) => name.startsWith('plain.')).map((name) => name.slice('plain.'.length));
    assert.deepEqual(Object.keys(plain).sort(), names.sort());
    for (const [name, call] of Object.entries(plain)) {
      torch.manualSeed(0);
      assertClose(call(), g(`plain.${name}`), { what: name });
    }
  });

  it('interpolate resizes as PyTorch does', () => {
    assertClose(F.interpolate(image, { size: [3, 4], mode: 'bilinear', antialias: true }), g('antialias'));
    assertClose(F.interpolate(image, { scaleFactor: 0.5, mode: 'bicubic', antialias: true }), g('bicubic_antialias'));
    assertClose(
      F.interpolate(image, { scaleFactor: 1.3, mode: 'bilinear', recomputeScaleFactor: true }),
      g('recomputed'),
    );
    assertClose(F.interpolate(image, { scaleFactor: 0.5, mode: 'area' }), g('area'));
    assertClose(F.interpolate(volume, { size: [2, 3, 2], mode: 'area' }), g('area3'));
    assertClose(F.interpolate(image, { size: [4, 5], mode: 'nearest-exact' }), g('nearest_exact'));
  });

  it('interpolate refuses options that do not belong together', () => {
    assert.throws(() => F.interpolate(image, {}), /either size or scaleFactor: give one/);
    assert.throws(
      () => F.interpolate(image, { size: 3, alignCorners: true }),
      /alignCorners is for linear, bilinear, bicubic and trilinear, not for 'nearest'/,
    );
    assert.throws(
      () => F.interpolate(image, { size: [1, 2, 3] }),
      /expected one number or 2 of them for size, found \[1, 2, 3\]/,
    );
  });

  it('normalize takes another norm and another dimension', () => {
    assertClose(F.normalize(rows, { p: 1, dim: 0 }), g('normalize_l1'));
  });

  it('gridSample and affineGrid follow their options', () => {
    const far = g('grid').mul(2);
    const border = { mode: 'bicubic', paddingMode: 'border', alignCorners: true } as const;
    assertClose(F.gridSample(image, far, border), g('grid_border'));
    assertClose(F.gridSample(image, far, { mode: 'nearest', paddingMode: 'reflection' }), g('grid_reflection'));
    assertClose(F.affineGrid(g('theta'), [1, 2, 3, 2], { alignCorners: true }), g('affine_aligned'));
    assert.throws(
      () => F.gridSample(image, far, { mode: 'cubic' as 'bicubic' }),
      /mode must be 'bilinear', 'nearest' or 'bicubic', got 'cubic'/,
    );
  });

  it('hard samples of gumbelSoftmax are one-hot and pass the gradient of the soft ones', () => {
    torch.manualSeed(1);
    const logits = rows.clone().requiresGrad_(true);
    const sample = F.gumbelSoftmax(logits, { tau: 0.5, hard: true, dim: 0 });
    assertClose(sample, g('gumbel_hard'));
    sample.square().sum().backward();
    assert.notEqual(logits.grad!.abs().sum().item(), 0);
  });

  it('dropout2d drops whole channels', () => {
    torch.manualSeed(0);
    const sums = F.dropout2d(torch.ones([4, 8, 3, 3]), { p: 0.5 })
      .sum([2, 3])
      .flatten()
      .toArray() as number[];
    assert.deepEqual(new Set(sums), new Set([0, 18]));
  });

  it('dropout1d in place writes into an input without a batch too', () => {
    torch.manualSeed(0);
    const input = torch.ones([50, 2]);
    assert.equal(F.dropout1d(input, { inplace: true }), input);
    assert.deepEqual(new Set(input.flatten().toArray() as number[]), new Set([0, 2]));
    assert.throws(
      () => F.dropout1d(torch.ones([2])),
      /dropout1d expects 3 dimensions, or 2 without a batch, got \[2\]/,
    );
  });
});
