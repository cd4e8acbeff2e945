/** Saves a random ViT of torchts, some images and its logits, for check_vit_roundtrip.py. */
import path from 'node:path';
import { ViTForImageClassification } from '../../ts/models';
import * as torch from '../../ts/tensor';

const folder = process.argv[2];
if (!folder) throw new Error('usage: tsx scripts/golden/save-vit.ts <folder>');

torch.manualSeed(0);
const model = ViTForImageClassification.fromConfig({
  hiddenSize: 96,
  numHiddenLayers: 4,
  numAttentionHeads: 6,
  intermediateSize: 192,
  imageSize: 64,
  patchSize: 16,
  id2label: ['Bald', 'Bangs', 'Smiling'],
  problemType: 'multi_label_classification',
  initializerRange: 0.2,
}).eval();
model.savePretrained(folder);
const pixels = torch.randn([4, 3, 64, 64]);
const { logits } = torch.noGrad(() => model.forward({ pixelValues: pixels }));
torch.safetensors.save({ pixels, logits }, path.join(folder, 'probe.safetensors'));
