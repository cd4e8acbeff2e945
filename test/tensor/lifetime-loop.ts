/** One loop of lifetime.test.ts, in a process of its own: prints what lived at most, and what it left. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as torch from '../../ts/tensor';

torch.setNumThreads(1);

const peak = { tensors: 0, bytes: 0 };
function watch(): void {
  const { tensors, bytes } = torch.memory();
  peak.tensors = Math.max(peak.tensors, tensors);
  peak.bytes = Math.max(peak.bytes, bytes);
}

const residentMB = (): number => process.memoryUsage.rss() / 1e6;

function trainingStep(weight: torch.Tensor, bias: torch.Tensor, data: torch.Tensor): void {
  const loss = torch.linear(data, weight, bias).relu().pow(2).mean();
  loss.backward();
  torch.noGrad(() => {
    for (const parameter of [weight, bias]) {
      parameter.sub_(parameter.grad!, { alpha: 0.01 });
      parameter.grad = null;
    }
  });
}

/** Each returns the growth of resident memory in MB, from when the loop has warmed up. */
const loops: Record<string, () => number> = {
  small() {
    const x = torch.ones([8, 8]);
    for (let i = 0; i < 40_000; i++) {
      x.add(1);
      if (i % 500 === 0) watch();
    }
    return 0;
  },
  large() {
    for (let i = 0; i < 4_000; i++) {
      torch.empty([250_000]);
      if (i % 10 === 0) watch();
    }
    return 0;
  },
  borrowed() {
    const before = residentMB();
    for (let i = 0; i < 1_000; i++) torch.fromTypedArray(new Float32Array(250_000).fill(1), [250_000], { copy: false });
    return residentMB() - before;
  },
  training() {
    const weight = torch.randn([32, 32], { requiresGrad: true });
    const bias = torch.zeros([32], { requiresGrad: true });
    const data = torch.randn([16, 32]);
    let warm = 0;
    for (let i = 0; i < 10_000; i++) {
      trainingStep(weight, bias, data);
      if (i === 4_000) warm = residentMB();
      if (i % 500 === 0) watch();
    }
    return residentMB() - warm;
  },
};

const growth = loops[process.argv[2] ?? '']!();
setFlagsFromString('--expose-gc');
(runInNewContext('gc') as () => void)();
console.log(JSON.stringify({ peakTensors: peak.tensors, peakBytes: peak.bytes, finalTensors: torch.memory().tensors, growth }));
