/**
 * Where a compiled forward pass spends its time, operator by operator, the least of some passes; operator_shares.py tells the same of ONNX Runtime.
 *
 *     node build/bench/workspace.js /tmp/profile false checkpoint onnxCheckpoint detector onnxDetector
 *     node build/bench/operator-shares.js /tmp/profile vit float32 1
 *     python bench/operator_shares.py /tmp/profile vit float32 1
 */
import { models, torch } from 'torchts';
import { needPaths } from './case';

const PASSES = 10;

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
  const walls = Array.from({ length: PASSES }, () => {
    const start = performance.now();
    torch.inferenceMode(() => torch.scope(() => void pass()));
    return performance.now() - start;
  });
  const wall = Math.min(...walls);
  const { events } = torch.profile(repeat);
  const least = leastTimes(events);
  const rows = [...new Set(least.map(({ name }) => name))].map((name) => {
    const calls = least.filter((call) => call.name === name);
    return { name, calls: calls.length, ms: sum(calls) };
  });
  for (const { name, calls, ms } of rows.toSorted((a, b) => b.ms - a.ms))
    if (ms > 0.01) console.log(`${name}\t${calls}\t${ms.toFixed(3)}`);
  console.log(`all\t\t${sum(least).toFixed(3)}\na pass without the profiler\t\t${wall.toFixed(3)}`);
}

interface Call {
  readonly name: string;
  readonly ms: number;
}

/** Of each call of a pass the least of its times, so that what else the machine does counts little. */
function leastTimes(events: readonly { readonly name: string; readonly selfTime: number }[]): Call[] {
  const calls = events.length / PASSES;
  return events.slice(0, calls).map(({ name }, call) => ({
    name,
    ms: Math.min(...Array.from({ length: PASSES }, (_, pass) => events[pass * calls + call]!.selfTime)) / 1000,
  }));
}

function sum(calls: readonly Call[]): number {
  return calls.reduce((total, { ms }) => total + ms, 0);
}

void main(process.argv.slice(2));
