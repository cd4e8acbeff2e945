import assert from 'node:assert/strict';
import * as torch from '../../../ts/tensor';
import { relevanceMaps } from '../../../ts/tasks/facecls/relevance';
import { patchModel } from './small-model';

describe('relevance maps', () => {
  const model = patchModel(3);
  const pixelValues = torch.randn([1, 3, 24, 16]);

  it('have a share for each patch, the largest 1', () => {
    const [map] = relevanceMaps(model, pixelValues, [1]);
    assert.deepEqual([map!.rows, map!.columns, map!.values.length], [3, 2, 6]);
    assert.equal(Math.max(...map!.values), 1);
    assert.ok(map!.values.every((value) => value >= 0));
  });

  it('differ from answer to answer', () => {
    const [one, other] = relevanceMaps(model, pixelValues, [0, 2]);
    assert.notDeepEqual(one!.values, other!.values);
  });

  it('find the patch that decides', () => {
    // Only the value of the patch that differs from the others can tell the class token anything.
    const image = torch.zeros([1, 3, 24, 16]);
    image.narrow(2, 8, 8).narrow(3, 8, 8).fill_(5);
    torch.noGrad(() => model.vit.embeddings.position_embeddings.zero_());
    const found = relevanceMaps(model, image, [0, 1, 2]).map(({ values }) => values.indexOf(1));
    assert.ok(found.filter((patch) => patch === 3).length >= 2, found.join());
  });

  it('work where gradients are switched off', () => {
    assert.equal(torch.noGrad(() => relevanceMaps(model, pixelValues, [0])).length, 1);
  });
});
