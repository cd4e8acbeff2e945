import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import { type GroupRules, type LayerMap, parameterGroups } from '../../ts/train/groups';

const rules: GroupRules = { lr: 1, headLr: null, weightDecay: 0.1, decayAll: true, layerDecay: 1 };
const map: LayerMap = {
  layers: 3,
  layerOf: (name) => Number(name.split('.')[0]),
  isHead: (name) => name.startsWith('3.'),
};

describe('parameter groups', () => {
  const names = ['0', '1', '2', '3'];
  const model = new nn.Sequential(...names.map(() => new nn.Linear(2, 2)));
  const groups = (change: Partial<GroupRules>) =>
    parameterGroups(model.namedParameters(), { ...rules, ...change }, map).map(({ params, lr, weightDecay }) => [
      params.length,
      lr,
      weightDecay,
    ]);

  it('are one where nothing differs', () => assert.deepEqual(groups({}), [[8, 1, 0.1]]));
  it('spare vectors from weight decay', () =>
    assert.deepEqual(groups({ decayAll: false }), [
      [4, 1, 0.1],
      [4, 1, 0],
    ]));
  it('give the head its own rate', () =>
    assert.deepEqual(groups({ headLr: 10 }), [
      [6, 1, 0.1],
      [2, 10, 0.1],
    ]));

  it('slow layers down by their distance from the head', () => {
    assert.deepEqual(groups({ layerDecay: 0.5, headLr: 10 }), [
      [2, 0.125, 0.1],
      [2, 0.25, 0.1],
      [2, 0.5, 0.1],
      [2, 10, 0.1],
    ]);
  });

  it('leave out what is frozen', () => {
    const frozen = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 2));
    frozen.children()[0]!.requiresGrad_(false);
    assert.deepEqual(
      parameterGroups(frozen.namedParameters(), rules, map).map(({ params }) => params.length),
      [2],
    );
  });
});
