/**
 * Workers that come and go under load, eight at once. Run by generations-run.ts in a process of its own; prints what the process held
 * after each generation. A worker is this same file.
 *
 *     node --import tsx generations.ts <generations | seconds> <how many>
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { pass } from '../stress/callbacks-pass';
import { sample, type Sample } from '../leak/samples';

const WORKERS = 8;

interface Order {
  /** Works until it is killed. */
  readonly endless: boolean;
  readonly index: number;
  readonly message: torch.Shared<{ state: Record<string, Tensor>; input: Tensor; seen: Tensor }>;
}

interface Reply {
  readonly output: Tensor;
  /** The worker writes into it once it is told to: this thread must see it. */
  readonly own: Tensor;
}

const makeModel = (): nn.Sequential => new nn.Sequential(new nn.Linear(64, 128), new nn.ReLU(), new nn.Linear(128, 8));

async function beWorker({ endless, index, message }: Order): Promise<void> {
  torch.setNumThreads(1);
  const { state, input, seen } = torch.receive(message);
  const model = makeModel();
  model.loadStateDict(state, { assign: true });
  const x = torch.randn([16, 16], { requiresGrad: true });
  if (endless) {
    parentPort!.postMessage('started');
    for (let i = 0; ; i++) {
      pass(x, i);
      model.forward(input).sum().backward();
      if (i % 10 === 9) await model.forward(input).sum().backwardAsync();
    }
  }
  for (let i = 0; i < 20; i++) pass(x, i);
  seen.index(index).fill_(1);
  const own = torch.zeros([10_000]);
  parentPort!.postMessage(torch.share<Reply>({ output: torch.noGrad(() => model.forward(input)), own }));
  await once(parentPort!, 'message');
  own.fill_(index);
  parentPort!.postMessage('written');
  parentPort!.close();
}

function start(order: Order): Worker {
  const code = `require('tsx/cjs'); require(${JSON.stringify(__filename)});`;
  return new Worker(code, { eval: true, workerData: order });
}

/** The next message; an error of the worker's is this one's too. */
async function next(worker: Worker): Promise<unknown> {
  return ((await once(worker, 'message')) as unknown[])[0];
}

/** A worker that is asked: what it computes with the shared module, and that both threads see the same memory. */
async function asked(worker: Worker, index: number, expected: number[][], seen: Tensor): Promise<void> {
  // Listened for from the start: where the last message and the end of a thread arrive together, Node delivers both in one go.
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  const { output, own } = torch.receive((await next(worker)) as torch.Shared<Reply>);
  assert.deepEqual(output.toArray(), expected);
  assert.deepEqual([seen.index(index).item(), own.index(0).item()], [1, 0]);
  worker.postMessage('write');
  await next(worker);
  assert.equal(own.index(-1).item(), index);
  // Some end by themselves, some are ended while they do.
  if (index % 2 === 0) await exit;
  else await worker.terminate();
  for (const tensor of [output, own]) tensor.dispose();
}

/** A worker that is killed: before it has loaded the addon, while it does, or in the middle of a backward pass. */
async function killed(worker: Worker, generation: number, index: number): Promise<void> {
  worker.on('error', () => undefined); // an error on its way when the thread ended
  if (index % 2 === 0) await next(worker);
  await wait((generation * 37 + index * 11) % 90);
  await worker.terminate();
}

async function generation(model: nn.Sequential, input: Tensor, number: number): Promise<void> {
  const seen = torch.zeros([WORKERS]);
  const expected = torch.noGrad(() => torch.scope(() => model.forward(input).toArray())) as number[][];
  const message = torch.share({ state: model.stateDict(), input, seen }, { receivers: WORKERS });
  const endless = (index: number): boolean => index >= 5;
  const workers = Array.from({ length: WORKERS }, (_, index) => start({ endless: endless(index), index, message }));
  let left = workers.length;
  const ends = workers.map((worker, index) =>
    (endless(index) ? killed(worker, number, index) : asked(worker, index, expected, seen)).finally(() => left--),
  );
  const all = Promise.all(ends);
  // The load: this thread works, too, with the module that all of them read.
  const x = torch.randn([16, 16], { requiresGrad: true });
  for (let i = 0; left > 0; i++) {
    pass(x, i);
    assert.deepEqual(
      torch.noGrad(() => torch.scope(() => model.forward(input).toArray())),
      expected,
    );
    await setImmediate();
  }
  await all;
  torch.withdraw(message); // those that were killed early have not taken theirs
  for (const tensor of [seen, x]) tensor.dispose();
}

async function main(unit: string, count: number): Promise<void> {
  torch.setNumThreads(1);
  torch.manualSeed(0);
  const [model, input] = [makeModel(), torch.randn([4, 64])];
  const samples: Sample[] = [];
  const begin = performance.now();
  for (let i = 0; unit === 'seconds' ? performance.now() - begin < count * 1000 : i < count; i++) {
    await generation(model, input, i);
    torch.collectGarbage();
    samples.push(sample(i + 1));
  }
  console.log(JSON.stringify(samples));
}

if (isMainThread) void main(process.argv[2] ?? '', Number(process.argv[3]));
else void beWorker(workerData as Order);
