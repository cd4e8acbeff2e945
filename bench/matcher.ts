/** The matching of queries and objects in all decoder layers of a DETR, from its outputs to pairs. */
import { torch } from 'torchts';
import { seconds } from './clock';
import { matchTargets, packTargets } from './internals';
import { takeTurns } from './worker-protocol';

const LAYERS = 6;
const QUERIES = 100;
const CLASSES = 91;
const COSTS = { classCost: 1, bboxCost: 5, giouCost: 2, numLabels: CLASSES };
/** Objects in each image; COCO has seven on average. */
const OBJECTS = [7, 3, 12, 1, 20, 5, 0, 9];

void takeTurns(({ device, smoke }) => {
  torch.manualSeed(0);
  const labels = OBJECTS.map((count) => ({
    classLabels: torch.randint(0, CLASSES, [count]).to({ device, dtype: 'int64' }),
    boxes: torch.rand([count, 4]).mul_(0.5).add_(0.1).to(device), // (M, 4), centre and size
  }));
  const batches = [2, 8].map((batch) => ({
    logits: torch.randn([LAYERS, batch, QUERIES, CLASSES + 1]).to(device), // (L, B, Q, K + 1)
    boxes: torch.randn([LAYERS, batch, QUERIES, 4]).sigmoid().to(device), // (L, B, Q, 4)
  }));

  const match = (outputs: (typeof batches)[number]) =>
    torch.scope(() => {
      const batch = outputs.logits.size(1);
      return matchTargets(outputs, packTargets(labels.slice(0, batch), batch, { dtype: 'float32', device }), COSTS);
    });
  const calls = smoke ? 1 : 20;
  const each = (outputs: (typeof batches)[number]): number =>
    seconds(device, () => {
      for (let i = 0; i < calls; i++) match(outputs);
    }) / calls;
  return {
    check: batches.map(match).flatMap(({ queries, objects }) => [...queries, ...objects]),
    measures: { 'batch-2': () => each(batches[0]!), 'batch-8': () => each(batches[1]!) },
  };
});
