import assert from 'node:assert/strict';
import path from 'node:path';
import { ViTForImageClassification, ViTModel, type DetrRecorded } from '../../ts/models';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { liveTensors } from '../live-tensors';
import { assertClose, goldenTensors } from '../nn/golden';
import { load as loadDetr, mask, pixels } from './detr/fixture';
import { assertNear } from './near';

const golden = goldenTensors('model-outputs');
const VIT = path.join(__dirname, '..', 'golden', 'vit');
const ALL = { outputAttentions: true, outputHiddenStates: true } as const;

/** The goldens of a list are all of it, and these. */
function assertList(found: readonly Tensor[] | undefined, name: string, kind: 'forward' | 'float64' = 'forward'): void {
  assert.equal(found?.length, golden.names.filter((key) => key.startsWith(`${name}.`)).length, name);
  found.forEach((tensor, i) => assertNear(tensor.to('float32'), golden.get(`${name}.${i}`), kind, `${name}.${i}`));
}

describe('outputAttentions and outputHiddenStates', () => {
  it('of a ViT are those of transformers', async () => {
    const model = await ViTForImageClassification.fromPretrained(VIT);
    const found = model.forward({ pixelValues: golden.get('vit.pixels'), ...ALL });
    assertClose(found.logits, golden.get('vit.logits'));
    assertList(found.attentions, 'vit.attentions');
    assertList(found.hiddenStates, 'vit.hidden_states');
  });

  for (const [name, auxiliaryLoss] of [
    ['detr', false],
    ['detr_aux', true],
  ] as const) {
    it(`of a DETR are those of transformers, padding included: ${name}`, async () => {
      const model = await loadDetr({ auxiliaryLoss, dtype: 'float64' });
      const found = model.forward({ pixelValues: pixels().to('float64'), pixelMask: mask(), ...ALL });
      const lists: Record<keyof DetrRecorded, string> = {
        encoderAttentions: 'encoder_attentions',
        decoderAttentions: 'decoder_attentions',
        crossAttentions: 'cross_attentions',
        encoderHiddenStates: 'encoder_hidden_states',
        decoderHiddenStates: 'decoder_hidden_states',
      };
      for (const [key, list] of Object.entries(lists))
        assertList(found[key as keyof DetrRecorded], `${name}.${list}`, 'float64');
    });
  }

  it('come only when they are asked for, each by itself', async () => {
    const model = await ViTModel.fromPretrained(VIT, { onWarning: () => {} });
    const pixelValues = golden.get('vit.pixels');
    const keys = (options: object) => Object.keys(model.forward({ pixelValues, ...options })).sort();
    assert.deepEqual(keys({}), ['lastHiddenState', 'poolerOutput']);
    assert.deepEqual(keys({ outputAttentions: true }), ['attentions', 'lastHiddenState', 'poolerOutput']);
    assert.deepEqual(keys({ outputHiddenStates: true }), ['hiddenStates', 'lastHiddenState', 'poolerOutput']);
    const detr = await loadDetr();
    const given = { pixelValues: pixels(), pixelMask: mask() };
    assert.deepEqual(Object.keys(detr.forward(given)).sort(), ['logits', 'predBoxes']);
    assert.deepEqual(Object.keys(detr.forward({ ...given, outputAttentions: true })).sort(), [
      'crossAttentions',
      'decoderAttentions',
      'encoderAttentions',
      'logits',
      'predBoxes',
    ]);
  });

  it('come where the configuration asks for them, unless the call does not want them', async () => {
    const asked = { outputAttentions: true, outputHiddenStates: true, onWarning: () => {} };
    const pixelValues = golden.get('vit.pixels');
    const vit = await ViTModel.fromPretrained(VIT, asked);
    const [given, without] = [vit.forward({ pixelValues }), vit.forward({ pixelValues, outputAttentions: false })];
    assert.deepEqual([given.attentions!.length, given.hiddenStates!.length], [2, 3]);
    assert.deepEqual([without.attentions, without.hiddenStates!.length], [undefined, 3]);
    assert.equal(vit.config.toJSON()['output_attentions'], true);
    const detr = await loadDetr({ outputAttentions: true });
    assert.equal(detr.forward({ pixelValues: pixels() }).crossAttentions!.length, 3);
  });

  it('have gradients: the weights of attention are those that the logits came from', async () => {
    const model = await ViTForImageClassification.fromPretrained(VIT);
    const { logits, attentions } = model.forward({ pixelValues: golden.get('vit.pixels'), outputAttentions: true });
    const gradients = torch.autograd.grad([logits.sum()], [...attentions!]) as Tensor[];
    assert.ok(gradients.every((gradient) => Number(gradient.abs().max().item()) > 0));
  });

  it('are all that a forward leaves behind, and go with the scope that it was made in', async () => {
    const model = await loadDetr();
    const input = { pixelValues: pixels(), pixelMask: mask(), ...ALL };
    const before = await liveTensors();
    torch.scope(() => {
      const found = model.forward(input);
      const lists = Object.values(found).flat() as Tensor[];
      assert.equal(torch.memory().tensors - before, new Set(lists).size);
    });
    assert.equal(torch.memory().tensors, before);
  });
});
