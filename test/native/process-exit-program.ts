/** Run by process-exit.test.ts in a process of its own: ends it in one way or another while native threads compute. */
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { binding } from '../../ts/native/binding';
import * as torch from '../../ts/tensor';
import { traceScript } from '../../ts/tensor/script/script-module';

const CODE = 7;
const UNCAUGHT = 'uncaught, on purpose';

/** A graph whose backward pass takes longer than the process is to live. */
function heavy(): torch.Tensor {
  torch.setNumThreads(1);
  const x = torch.randn([1200, 1200], { requiresGrad: true });
  return x.mm(x).tanh().mm(x).sum();
}

async function begun(): Promise<void> {
  void heavy().backwardAsync();
  await pause(60);
}

function hooked(end: () => void): void {
  const x = torch.randn([64, 64], { requiresGrad: true });
  const y = x.mm(x);
  y.registerHook(() => {
    end();
    return undefined;
  });
  y.sum().backward();
}

/** The worker that does the same in its own thread, and says when it is in the middle of it. */
async function worker(way: string): Promise<Worker> {
  const made = new Worker(`require('tsx/cjs'); require(${JSON.stringify(__filename)});`, {
    eval: true,
    workerData: way,
  });
  made.on('error', (error: Error) => {
    if (error.message !== UNCAUGHT) throw error;
  });
  await new Promise((resolve) => void made.once('message', resolve));
  return made;
}

/** The exit code of a worker. Not by `once`, which rejects when the worker has an error, as one of them is to have. */
function ended(of: Worker): Promise<number> {
  return new Promise((resolve) => void of.once('exit', resolve));
}

const ways: Record<string, () => unknown> = {
  'process.exit during backwardAsync': async () => (await begun(), process.exit(CODE)),
  'an uncaught exception during backwardAsync': async () => {
    await begun();
    setImmediate(() => {
      process.once('exit', () => (process.exitCode = CODE));
      throw new Error(UNCAUGHT);
    });
  },
  'process.reallyExit during backwardAsync': async () => (
    await begun(),
    (process as unknown as { reallyExit(code: number): never }).reallyExit(CODE)
  ),
  'process.exit with jobs that wait': async () => {
    for (let i = 0; i < 50; i++) void torch.ones([1000, 1000]).dataAsync();
    await begun();
    process.exit(CODE);
  },
  'process.exit during forwardAsync': async () => {
    const x = torch.randn([256, 256]);
    const long = (y: torch.Tensor): torch.Tensor => {
      let sum = y;
      for (let i = 0; i < 40; i++) sum = sum.mm(y).tanh();
      return sum;
    };
    const traced = traceScript(long, [x], { name: 'Long', parameters: [], buffers: [], inputNames: ['x'] });
    for (let i = 0; i < 20; i++) void traced.forwardAsync([x]);
    await pause(60);
    process.exit(CODE);
  },
  'work in an exit listener': async () => {
    await begun();
    process.on('exit', () => torch.randn([64, 64]).mm(torch.ones([64, 64])));
    process.exit(CODE);
  },
  'process.exit in a hook': () => hooked(() => process.exit(CODE)),
  'process.exit in a hook that another thread waits for': () => {
    binding.handOver(true);
    hooked(() => process.exit(CODE));
  },
  'process.exit of a worker during its backwardAsync': async () => {
    process.exit(await ended(await worker('exit')));
  },
  'the end of a worker by an exception during its backwardAsync': async () => {
    const code = await ended(await worker('throw'));
    process.exit(code === 1 ? CODE : code);
  },
  'worker.terminate during its backwardAsync': async () => {
    await (await worker('wait')).terminate();
    process.exit(CODE);
  },
  'process.exit while workers compute': async () => {
    await Promise.all([worker('compute'), worker('wait')]);
    process.exit(CODE);
  },
};

const inWorker: Record<string, () => Promise<unknown>> = {
  exit: async () => (await begunIn(), process.exit(CODE)),
  throw: async () => {
    await begunIn();
    throw new Error(UNCAUGHT);
  },
  wait: begunIn,
  compute: async () => {
    parentPort!.postMessage('computing');
    for (;;) torch.scope(() => torch.randn([128, 128]).mm(torch.ones([128, 128])));
  },
};

async function begunIn(): Promise<void> {
  void heavy().backwardAsync();
  parentPort!.postMessage('computing');
  await pause(30);
}

const way = process.argv[2];
if (!isMainThread) void inWorker[workerData as string]!();
else if (way === undefined) console.log(JSON.stringify(Object.keys(ways)));
else void ways[way]!();
