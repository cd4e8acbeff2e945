import type { Case, Measure, Target } from './case';

const atMost = (limit: number): Target => ({ atMost: limit });
const atLeast = (limit: number): Target => ({ atLeast: limit });

function operatorMeasures(name: string, call: string, target?: Target): Measure[] {
  return [
    { name, title: `${call}, freed by the collector`, unit: 'seconds', target },
    { name: `${name}-scope`, peer: name, title: `${call}, freed by a scope`, unit: 'seconds', target },
  ];
}

/** All cases, the quick ones first. */
export const cases: readonly Case[] = [
  {
    name: 'operator-call',
    title: 'One operator',
    about:
      'Time of one call on 8x8 float32 tensors that need no gradient, from a plain loop of 100,000 (Python: the same loop; it frees by reference count). The product of two 1024x1024 matrices is there for context: both sides run the same kernel.',
    kind: 'resident',
    rounds: 9,
    warmUp: true,
    threads: 1,
    needs: [],
    tolerance: 1e-5,
    measures: [
      ...operatorMeasures('add', '`a.add(b)` 8x8', atMost(0.75)),
      ...operatorMeasures('mm', '`a.mm(b)` 8x8', atMost(0.75)),
      { name: 'add_', title: '`a.add_(b)` 8x8', unit: 'seconds' },
      { name: 'mm-1024', title: '`a.mm(b)` 1024x1024', unit: 'seconds' },
    ],
  },
  {
    name: 'vit-inference',
    title: 'ViT-B/16 inference',
    about:
      'Forward pass of ViT-B/16 at 224x224 with 40 labels in inference mode, eager, the same weights on both sides (transformers with scaled dot product attention), up to the logits as numbers.',
    kind: 'resident',
    rounds: 9,
    warmUp: true,
    threads: 2,
    needs: ['checkpoint'],
    tolerance: 1e-4,
    measures: [
      { name: 'batch-1', title: 'batch 1', unit: 'seconds', target: atMost(1) },
      { name: 'batch-8', title: 'batch 8', unit: 'seconds', target: atMost(1) },
    ],
  },
  {
    name: 'vit-train-step',
    title: 'ViT-B/16 training step',
    about:
      'Forward, binary cross entropy over 40 labels, backward and AdamW of ViT-B/16, batch 8 at 224x224, float32, random weights. The peer is transformers with scaled dot product attention and the fused AdamW. Peak memory is the high-water mark of the resident set (on a GPU: of its allocator) of a process that does nothing else.',
    kind: 'resident',
    rounds: 5,
    warmUp: true,
    threads: 2,
    needs: ['checkpoint'],
    tolerance: 1e-4,
    measures: [
      { name: 'step', title: 'one step', unit: 'seconds', target: atMost(1.02) },
      { name: 'step-bfloat16', title: 'one step under bfloat16 autocast', unit: 'seconds', device: 'cuda', target: atMost(1.02) },
      { name: 'peak', title: 'peak memory', unit: 'bytes', target: atMost(1.05) },
    ],
  },
  {
    name: 'first-prediction',
    title: 'Process start to first prediction',
    about:
      'From the start of a process to the logits of one 640x480 JPEG, ViT-B/16 from a safetensors folder; the files are in the page cache on both sides. The peer is transformers with AutoImageProcessor and ViTForImageClassification.',
    kind: 'fresh',
    rounds: 7,
    warmUp: true,
    threads: 2,
    needs: ['checkpoint', 'photo'],
    tolerance: 0.05,
    measures: [{ name: 'prediction', title: 'start to logits', unit: 'seconds', target: atMost(0.25) }],
  },
  {
    name: 'input-pipeline',
    title: 'Input pipeline',
    about:
      'Face images from a zip in the CelebA layout to normalised float32 batches of 64 at 224x224, no cache of decoded images. The peer is a PyTorch DataLoader with 2 workers that stay alive, Pillow, and the ViTImageProcessor of its installation.',
    kind: 'resident',
    rounds: 5,
    warmUp: true,
    threads: 2,
    needs: ['faces'],
    tolerance: 0.01,
    measures: [{ name: 'images', title: 'images a second', unit: 'rate', target: atLeast(1.5) }],
  },
  {
    name: 'small-recipe',
    title: 'The recipe `small`',
    about:
      'A whole training on the sample of CelebA: `facecls train --preset small` against the same recipe in PyTorch and transformers (bench/small-recipe.py), one after the other, up to the accuracy on the test split.',
    kind: 'resident',
    rounds: 1,
    warmUp: false,
    threads: 2,
    needs: ['faces'],
    long: true,
    tolerance: 0,
    measures: [
      { name: 'wall', title: 'wall time', unit: 'seconds', target: atMost(1) },
      { name: 'accuracy', title: 'mean accuracy, test', unit: 'points', target: atLeast(-0.5) },
    ],
  },
];
