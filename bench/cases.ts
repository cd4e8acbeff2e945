import type { Case, Measure, Target } from './case';
import { TRAININGS } from './trainings';

const atMost = (limit: number): Target => ({ atMost: limit });
const atLeast = (limit: number): Target => ({ atLeast: limit });

function operatorMeasures(name: string, call: string, target?: Target): Measure[] {
  return [
    { name, title: `${call}, freed by the collector`, unit: 'seconds', target },
    { name: `${name}-scope`, peer: name, title: `${call}, freed by a scope`, unit: 'seconds', target },
  ];
}

/** The ways to a prediction: ours uncompiled and compiled in each precision, each beside the peers that it has to reach. */
function inferenceMeasures(title: string, suffix: string, uncompiledLimit: number): Measure[] {
  const rows: readonly (readonly [ours: string, peer: string, title: string, limit?: number])[] = [
    ['uncompiled', 'eager', 'uncompiled against PyTorch eager', uncompiledLimit],
    ['float32', 'eager', 'compiled against PyTorch eager'],
    ['float32', 'onnx', 'compiled against ONNX Runtime', 0.95],
    ['float32', 'inductor', 'compiled against torch.compile', 1],
    ['bfloat16', 'onnx', 'bfloat16 against ONNX Runtime in float32', 0.6],
    ['bfloat16', 'inductor-bfloat16', 'bfloat16 against torch.compile under autocast', 1],
    ['int8', 'onnx-int8', 'int8 against ONNX Runtime in int8', 0.95],
  ];
  return rows.map(([ours, peer, what, limit]) => ({
    name: `${ours}${suffix}`,
    peer: `${peer}${suffix}`,
    title: `${title}${what}`,
    unit: 'seconds',
    ...(ours !== 'uncompiled' && { device: 'cpu' }),
    ...(limit !== undefined && { target: atMost(limit) }),
  }));
}

/** Steps in two processes, at most so many times the peer's, with an efficiency that is at least the peer's. */
function stepMeasures(limit?: number): Measure[] {
  const models = { tiny: 'ViT tiny', base: 'ViT-B/16', detr: 'DETR-R50' };
  return Object.entries(models).flatMap(([name, title]): Measure[] => [
    { name, title: `a step of ${title}`, unit: 'seconds', target: limit === undefined ? undefined : atMost(limit) },
    { name: `${name}-efficiency`, title: `efficiency, ${title}`, unit: 'points', target: atLeast(0) },
  ]);
}

/** How many points of a figure of a trained model a precision may cost. */
const COSTS = { bfloat16: 0.2, int8: 0.5 };

function accuracyMeasures(): Measure[] {
  return TRAININGS.flatMap(({ name, title, task, preset, metrics }) =>
    Object.entries(COSTS).flatMap(([precision, cost]) =>
      metrics.map((metric) => ({
        name: `${name}-${metric}-${precision}`,
        peer: `${name}-${metric}-float32`,
        title: `${title} (${task} ${preset}), ${precision}: ${metric}`,
        unit: 'points' as const,
        target: atLeast(-cost),
      })),
    ),
  );
}

/** As bench/operators.ts has them. */
const OPERATORS = [
  'add',
  'mul',
  'div',
  'exp',
  'relu',
  'gelu',
  'sigmoid',
  'softmax',
  'sum',
  'amax',
  'layer_norm',
  'mm',
  'bmm',
  'linear',
  'conv2d',
  'batch_norm',
  'max_pool2d',
  'cat',
  'transpose',
  'gather rows',
];

function operatorRows(name: string): Measure[] {
  return ['small', 'large'].flatMap((size): Measure[] => [
    { name: `${name}, ${size}`, title: `${name}, ${size}`, unit: 'seconds' },
    { name: `${name}, ${size}, onnx`, title: `${name}, ${size}, against ONNX Runtime`, unit: 'seconds', device: 'cpu' },
  ]);
}

/** All cases, the quick ones first. */
export const cases: readonly Case[] = [
  {
    name: 'operator-call',
    title: 'One operator',
    about:
      'Time of one call on 8x8 float32 tensors that need no gradient, the fastest of three plain loops of 500,000, long enough to have two or three collections each (Python: the same loops; it frees by reference count). The product of two 1024x1024 matrices is there for context: both sides run the same kernel.',
    kind: 'resident',
    rounds: 5,
    warmUp: true,
    threads: 1,
    needs: [],
    tolerance: 1e-5,
    measures: [
      ...operatorMeasures('add', '`a.add(b)` 8x8', atMost(0.6)),
      ...operatorMeasures('mm', '`a.mm(b)` 8x8', atMost(0.75)),
      { name: 'add_', title: '`a.add_(b)` 8x8', unit: 'seconds' },
      { name: 'mm-1024', title: '`a.mm(b)` 1024x1024', unit: 'seconds' },
    ],
  },
  {
    name: 'operators',
    title: 'Twenty operators',
    about:
      'Time of one call in float32 without gradients, on input of a few hundred numbers and on input as models have it (the shapes stand in bench/operators.ts); ours are freed by a scope. The peers are PyTorch in Python, and ONNX Runtime called from Python with a file of one node, NumPy arrays in and out.',
    kind: 'resident',
    rounds: 5,
    warmUp: true,
    threads: 2,
    needs: [],
    tolerance: 1e-4,
    measures: OPERATORS.flatMap(operatorRows),
  },
  {
    name: 'vit-inference',
    title: 'ViT-B/16 inference',
    about:
      'Forward pass of ViT-B/16 at 224x224 with 40 labels, the same random weights in all ways, up to the logits as numbers; of one image eight passes a turn. Ours: uncompiled in inference mode, and compiled in each precision. The peers: transformers with scaled dot product attention, eager and by torch.compile (inductor, weights frozen; bfloat16 under autocast), and ONNX Runtime with a file that torch.onnx exports, in float32 and with dynamic int8 by onnxruntime.quantization. Peak memory is the high-water mark of a process that has run the model uncompiled, or PyTorch eager, and nothing else.',
    kind: 'resident',
    rounds: 9,
    warmUp: true,
    threads: 2,
    needs: ['checkpoint', 'onnxCheckpoint'],
    tolerance: 1e-4,
    measures: [
      ...['1', '8'].flatMap((batch) => inferenceMeasures(`batch ${batch}, `, `-${batch}`, 1)),
      { name: 'peak', title: 'peak memory', unit: 'bytes', target: atMost(1) },
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
      { name: 'step', title: 'one step', unit: 'seconds', target: atMost(0.5) },
      { name: 'step-bfloat16', title: 'one step under bfloat16 autocast', unit: 'seconds', target: atMost(0.85) },
      { name: 'peak', title: 'peak memory', unit: 'bytes', target: atMost(1) },
    ],
  },
  {
    name: 'matcher',
    title: 'DETR matcher',
    about:
      'The matching of 100 queries with the objects of each image in all six decoder layers, from logits and boxes to pairs: ours in one call, the peer by transformers’ HungarianMatcher, layer by layer, with SciPy image by image. Both give the same pairs.',
    kind: 'resident',
    rounds: 9,
    warmUp: true,
    threads: 2,
    needs: [],
    tolerance: 1e-5,
    measures: [
      { name: 'batch-2', title: '2 images', unit: 'seconds', target: atMost(0.2) },
      { name: 'batch-8', title: '8 images', unit: 'seconds', target: atMost(0.2) },
    ],
  },
  {
    name: 'voc-evaluator',
    title: 'Detection evaluator',
    about:
      'From the detections in all images of VOC2007’s test set to figures; the annotations are real, the detections noise around them, 100 in an image as DETR gives them. Ours computes the figures of VOC 2007, VOC 2012 and COCO, the peer, pycocotools, those of COCO (evaluate, accumulate, summarize, without loading). The twelve numbers of COCO are the same.',
    kind: 'resident',
    rounds: 3,
    warmUp: false,
    threads: 2,
    needs: ['scenes'],
    tolerance: 1e-6,
    measures: [
      { name: 'likely', title: 'detections from a score of 0.3', unit: 'seconds', target: atMost(1) },
      { name: 'all', title: 'all detections', unit: 'seconds', target: atMost(1) },
    ],
  },
  {
    name: 'detr-inference',
    title: 'DETR-R50 inference',
    about:
      'Forward pass of DETR-R50 (91 classes) for one image of 480x640, the same random weights in all ways, up to classes and boxes as numbers. Ours: uncompiled after `optimizeForInference()` in inference mode, and compiled in each precision. The peers as for the ViT; int8 of ONNX Runtime is static for all of the model, both calibrated on four images of noise.',
    kind: 'resident',
    rounds: 9,
    warmUp: true,
    threads: 2,
    needs: ['detector', 'onnxDetector'],
    tolerance: 1e-4,
    measures: [
      ...inferenceMeasures('', '', 0.75),
      { name: 'peak', title: 'peak memory after the first image', unit: 'bytes', target: atMost(1.05) },
    ],
  },
  {
    name: 'detr-train-step',
    title: 'DETR-R50 training step',
    about:
      'Forward, matching and losses of all six decoder layers, backward, clipping to 0.1 and AdamW in two groups, batch 2 at 480x640, float32, dropout 0.1, the same random weights on both sides. Stages 2 to 4 of the backbone train, all batch normalisations are frozen. The peer is transformers with scaled dot product attention and the fused AdamW; its backbone is its own ResNet, whose stages are unfrozen by hand, for under these names it trains none. Peak memory as for the ViT.',
    kind: 'resident',
    rounds: 5,
    warmUp: true,
    threads: 2,
    needs: ['detector'],
    tolerance: 1e-3,
    measures: [
      { name: 'step', title: 'one step', unit: 'seconds', target: atMost(0.65) },
      { name: 'peak', title: 'peak memory', unit: 'bytes', target: atMost(1) },
    ],
  },
  {
    name: 'data-parallel',
    title: 'Two processes',
    about:
      'Two processes of one thread each on this machine, over Gloo. All-reduce: a sum of float32, call by call, ours awaited, or waited for by `startAllReduce(tensor).wait()`; in a group of one process, where nothing is sent, it is the time of the call itself. A step: forward, binary cross entropy over 40 labels, backward under DistributedDataParallel and AdamW, of ViT tiny (192 wide; 8 images in each process) and ViT-B/16 (4 images) at 224x224, and of DETR-R50 as its case has it, with one image of 480x640 in each process; float32. The efficiency is the time of a step of one process alone over that of both. The peer is PyTorch’s DDP with transformers, scaled dot product attention and the fused AdamW.',
    kind: 'resident',
    rounds: 5,
    warmUp: true,
    threads: 1,
    needs: ['checkpoint', 'detector'],
    tolerance: 1e-3,
    measures: [
      { name: 'all-reduce-1k', title: 'all-reduce of 1 kB', unit: 'seconds', target: atMost(1.02) },
      {
        ...{ name: 'all-reduce-1k-waited', peer: 'all-reduce-1k', title: 'all-reduce of 1 kB, waited for' },
        ...{ unit: 'seconds', target: atMost(1.02) },
      },
      { name: 'all-reduce-1m', title: 'all-reduce of 1 MB', unit: 'seconds', target: atMost(1.02) },
      { name: 'all-reduce-100m', title: 'all-reduce of 100 MB', unit: 'seconds', target: atMost(1.02) },
      { name: 'overhead', title: 'one call in a group of one process', unit: 'seconds', target: atMost(0.6) },
      ...stepMeasures(1),
    ],
  },
  {
    name: 'two-hosts',
    program: 'data-parallel',
    title: 'Two hosts',
    about:
      'The same steps with the two processes on two hosts: network namespaces of this machine, joined by a link of 1 Gbit/s that delivers 1 ms late in each direction and takes packets of 64 kB (bench/link.py, which computes on the same two cores). All-reduces are there for what the link gives.',
    link: { delayMs: 1, rate: 1e9, mtu: 65_000 },
    kind: 'resident',
    rounds: 3,
    warmUp: true,
    threads: 1,
    needs: ['checkpoint', 'detector'],
    tolerance: 1e-3,
    measures: [
      { name: 'all-reduce-1k', title: 'all-reduce of 1 kB', unit: 'seconds' },
      { name: 'all-reduce-100m', title: 'all-reduce of 100 MB', unit: 'seconds' },
      ...stepMeasures(),
    ],
  },
  {
    name: 'shards',
    againstItself: true,
    title: 'Shards from a server',
    about:
      'Face images in some 80 shards to normalised batches of 64 at 224x224, decoded and resized: the shards behind an HTTP server of this machine, a process of its own, through a cache on disk for a tenth of them, beside the same shards read in place. Memory: what the process holds at most in a pass over all shards, ten times the cache, beside a tenth of a pass.',
    kind: 'resident',
    rounds: 5,
    warmUp: true,
    threads: 2,
    needs: ['faces'],
    tolerance: 0,
    measures: [
      { name: 'http', peer: 'disk', title: 'images, from HTTP against from disk', unit: 'rate', target: atLeast(0.95) },
      {
        ...{ name: 'memory-whole', peer: 'memory-tenth', title: 'memory in a whole pass, against a tenth of one' },
        ...{ unit: 'bytes', target: atMost(1.1) },
      },
    ],
  },
  {
    name: 'engine',
    againstItself: true,
    title: 'The training engine',
    about:
      'A step in `fit` of torchts/train, with clipping, log and event files as they come by default, beside the same step as one writes it by hand: ViT-B/16, batch 8 at 224x224, and a perceptron of two layers (64, 128, 10), batch 32, after the first two steps, beside which memory for checkpoints is made ready. A checkpoint: from the end of a step of the ViT to the begin of the next, with one taken between them beside none. A resume, from the call of `fit` to the end of its first step, five steps before the end of an epoch of 100,000 beside one ten steps after its begin.',
    kind: 'resident',
    rounds: 5,
    warmUp: true,
    threads: 2,
    needs: ['checkpoint'],
    tolerance: 0,
    measures: [
      {
        ...{ name: 'vit-fit', peer: 'vit-by-hand', title: 'a step of ViT-B/16, against by hand', unit: 'seconds' },
        target: atMost(1.01),
      },
      {
        ...{
          name: 'checkpoint',
          peer: 'no-checkpoint',
          title: 'the next step of ViT-B/16 after a checkpoint, later by',
        },
        ...{ unit: 'seconds', byDifference: true, target: atMost(0.3) },
      },
      {
        ...{ name: 'perceptron-fit', peer: 'perceptron-by-hand', title: 'a step of a perceptron, against by hand' },
        ...{ unit: 'seconds', byDifference: true, target: atMost(0.15e-3) },
      },
      {
        ...{ name: 'resume-late', peer: 'resume-early', title: 'a resume late in an epoch, against early in it' },
        ...{ unit: 'seconds', byDifference: true, target: atMost(2) },
      },
    ],
  },
  {
    name: 'checkpoint',
    title: 'A checkpoint in the middle of a training',
    about:
      'How long the loop of `fit` waits at a checkpoint of ViT-B/16 with what AdamW keeps (1 GB), from the end of a step to the begin of the next, batch 8: the files are copied into memory and written beside the training, with checksums and flushed to the disk. The peer is what transformers’ Trainer does in the loop: save_pretrained, and torch.save of optimizer and schedule, neither checksums nor flushed. Below, the same of ours with `asyncCheckpoint: false`.',
    kind: 'resident',
    rounds: 3,
    warmUp: true,
    threads: 2,
    needs: ['checkpoint'],
    tolerance: 0,
    measures: [
      { name: 'pause', peer: 'save', title: 'the loop waits', unit: 'seconds', target: atMost(1) },
      {
        ...{ name: 'pause-waiting', peer: 'save', title: 'the loop waits, written before it goes on' },
        unit: 'seconds',
      },
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
    measures: [{ name: 'prediction', title: 'start to logits', unit: 'seconds', target: atMost(0.12) }],
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
      'A whole training on the sample of CelebA: `facecls train --preset small` against the same recipe in PyTorch and transformers (bench/small-recipe.py), as a loop of one’s own and by the Trainer of transformers, from the start of a process to the accuracy on the test split. Both run at once, in slices of 20 s: one is stopped while the other runs, and only the time in which a side runs counts.',
    kind: 'resident',
    rounds: 1,
    warmUp: false,
    threads: 2,
    needs: ['faces'],
    long: true,
    slice: 20,
    tolerance: 0,
    measures: [
      { name: 'wall', peer: 'wall-loop', title: 'wall time', unit: 'seconds', target: atMost(0.6) },
      { name: 'accuracy', peer: 'accuracy-loop', title: 'mean accuracy, test', unit: 'points', target: atLeast(-0.3) },
      { name: 'wall', peer: 'wall-trainer', title: 'wall time, against Trainer', unit: 'seconds', target: atMost(0.9) },
      {
        ...{ name: 'accuracy', peer: 'accuracy-trainer', title: 'mean accuracy, test, against Trainer' },
        ...{ unit: 'points', target: atLeast(-0.3) },
      },
    ],
  },
  {
    name: 'accuracy',
    againstItself: true,
    title: 'Accuracy by precision',
    about:
      'Figures of trained models on their test splits, in bfloat16 and int8 beside the same in float32, uncompiled: `evaluate --precision` against `evaluate --no-compile`. The models are trained first, by the presets that are named, in float32. Convolutions in int8 are calibrated on 16 images of the training split. Preset `tiny` is too small for VOC, of which the sample has 508 images to train on: its figures say how much changes, not how well one detects.',
    kind: 'resident',
    rounds: 1,
    warmUp: false,
    threads: 2,
    needs: ['trained'],
    long: true,
    tolerance: 0,
    measures: accuracyMeasures(),
  },
];
