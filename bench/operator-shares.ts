/**
 * Where a compiled forward pass spends its time, operator by operator; operator_shares.py tells the same of ONNX Runtime.
 *
 *     node build/bench/workspace.js /tmp/profile false checkpoint onnxCheckpoint detector onnxDetector
 *     node build/bench/operator-shares.js /tmp/profile vit float32 1
 *     python bench/operator_shares.py /tmp/profile vit float32 1
 */
import { models, torch } from 'torchts';
import { needPaths } from './case';

const PASSES = 20;

type Precision = 'float32' | 'bfloat16' | 'int8';

async function prepare(folder: string, kind: string, precision: Precision, batch: number): Promise<() => unknown> {
  const { checkpoint, detector } = needPaths(folder);
  torch.manualSeed(0);
  const options = { precision, fullgraph: true };
  if (kind === 'vit') {
    const model = (await models.ViTForImageClassification.fromPretrained(checkpoint)).eval();
    const pixelValues = torch.randn([batch, 3, Number(model.config.imageSize), Number(model.config.imageSize)]);
    const fast = torch.compile(model, options);
    return () => fast.forward({ pixelValues });
  }
  const model = (await models.DetrForObjectDetection.fromPretrained(detector)).eval();
  const pixelValues = torch.randn([batch, 3, 480, 640]);
  const calibrate = precision === 'int8' ? { calibrate: [{ pixelValues }] } : {};
  const fast = torch.compile(model, { ...options, ...calibrate });
  return () => fast.forward({ pixelValues });
}

async function main([folder, kind, precision, batch = '1', threads = '2']: readonly string[]): Promise<void> {
  torch.setNumThreads(Number(threads));
  const pass = await prepare(folder!, kind!, precision as Precision, Number(batch));
  const repeat = (): void => {
    for (let i = 0; i < PASSES; i++) torch.inferenceMode(() => torch.scope(() => void pass()));
  };
  repeat();
  const start = performance.now();
  repeat();
  const wall = (performance.now() - start) / PASSES;
  const profile = torch.profile(repeat);
  for (const { name, count, selfTime } of profile.operators())
    if (selfTime / PASSES > 10) console.log(`${name}\t${count / PASSES}\t${(selfTime / PASSES / 1000).toFixed(3)}`);
  const sum = profile.totalTime / PASSES / 1000;
  console.log(`all\t\t${sum.toFixed(3)}\nwithout the profiler\t\t${wall.toFixed(3)}`);
}

void main(process.argv.slice(2));
