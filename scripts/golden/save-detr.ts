/** Saves a random DETR of torchts, images, a mask and its predictions, for check_detr_roundtrip.py. */
import path from 'node:path';
import { DetrForObjectDetection, ResNetConfig, saveDetrPth } from '../../ts/models';
import * as torch from '../../ts/tensor';

const folder = process.argv[2];
if (!folder) throw new Error('usage: tsx scripts/golden/save-detr.ts <folder>');

torch.manualSeed(0);
const model = DetrForObjectDetection.fromConfig({
  backboneConfig: ResNetConfig.named('resnet18', { embeddingSize: 16, hiddenSizes: [16, 24, 32, 40] }),
  dModel: 32,
  encoderLayers: 2,
  decoderLayers: 2,
  encoderAttentionHeads: 8,
  decoderAttentionHeads: 8,
  encoderFfnDim: 48,
  decoderFfnDim: 48,
  numQueries: 10,
  id2label: ['bird', 'boat', 'bus'],
  initStd: 0.2,
  eosCoefficient: 1,
  dropout: 0,
  positionEmbeddingType: 'learned',
}).eval();
model.savePretrained(folder);
saveDetrPth(model, path.join(folder, 'detr.pth'));
const pixels = torch.randn([2, 3, 96, 128]);
const mask = torch.ones([2, 96, 128], { dtype: 'int64' });
mask.narrow(0, 0, 1).narrow(2, 80, 48).zero_();
const { logits, predBoxes } = torch.noGrad(() => model.forward({ pixelValues: pixels, pixelMask: mask }));
torch.safetensors.save({ pixels, mask, logits, boxes: predBoxes }, path.join(folder, 'probe.safetensors'));
