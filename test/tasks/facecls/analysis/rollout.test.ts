import assert from 'node:assert/strict';
import { ViTForImageClassification } from '../../../../ts/models';
import { attentionRollout, rollOut } from '../../../../ts/tasks/facecls/analysis/rollout';
import * as torch from '../../../../ts/tensor';
import { patchModel } from '../small-model';

describe('attention rollout', () => {
  const model = patchModel(2);
  const pixelValues = torch.randn([1, 3, 24, 16]);

  it('multiplies the layers, each half attention, half itself', () => {
    const layers = [
      [
        [0.5, 0.5],
        [0, 1],
      ],
      [
        [0, 1],
        [1, 0],
      ],
    ].map((layer) => torch.tensor(layer));
    // [[.5, .5], [.5, .5]] times [[.75, .25], [0, 1]].
    assert.deepEqual(rollOut(layers).toArray(), [
      [0.375, 0.625],
      [0.375, 0.625],
    ]);
  });

  it('takes the mean of the heads, and shows the patches that the class token has gathered', () => {
    const { rows, columns, values } = attentionRollout(model, pixelValues);
    assert.deepEqual([rows, columns], [3, 2]);
    const { attentions } = torch.noGrad(() => model.forward({ pixelValues, outputAttentions: true }));
    const means = attentions!.map((attention) => {
      const heads = attention.toArray() as number[][][][];
      return heads[0]![0]!.map((row, i) =>
        row.map((_, j) => heads[0]!.reduce((sum, head) => sum + head[i]![j]! / 4, 0)),
      );
    });
    let gathered = means[0]!.map((row, i) => row.map((_, j) => Number(i === j)));
    for (const layer of means)
      gathered = layer.map((row, i) =>
        row.map((_, j) =>
          layer.reduce((sum, _, k) => sum + (0.5 * layer[i]![k]! + 0.5 * Number(i === k)) * gathered[k]![j]!, 0),
        ),
      );
    const patches = gathered[0]!.slice(1);
    const largest = Math.max(...patches);
    values.forEach((value, i) => assert.ok(Math.abs(value - patches[i]! / largest) < 1e-5, `patch ${i}`));
    assert.equal(Math.max(...values), 1);
  });

  it('is refused for a model without attention', () => {
    const other = { config: { modelType: 'mine' }, forward: () => ({ logits: torch.zeros([1, 2]) }) };
    assert.throws(
      () => attentionRollout(other as unknown as ViTForImageClassification, pixelValues),
      /^InputError: .* found one of model_type mine; only such models show what they look at\.$/,
    );
  });
});
