import assert from 'node:assert/strict';
import { InputError } from '../../../../ts/errors';
import { openDataset } from '../../../../ts/tasks/vocdet/splits/open-dataset';

describe('opening a dataset', () => {
  it('refuses a split that the drawn scenes do not have before it draws them', async () => {
    const asked: string[] = [];
    const listener = {
      say: () => {},
      bar: (label: string) => (asked.push(label), { update: () => {}, stop: () => {} }),
    };
    for (const train of ['/no/such/folder', 'train+2007/nothing', '07+12'])
      await assert.rejects(openDataset({ folder: null, train }, listener), (error: InputError) => {
        assert.ok(error instanceof InputError);
        assert.match(
          error.message,
          /^Expected a set .* in data.processed.scenes, found train, val, trainval, test; .* data\.folder\.$/,
        );
        return true;
      });
    assert.deepEqual(asked, []);
  });
});
