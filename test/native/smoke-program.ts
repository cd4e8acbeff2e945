/**
 * Run by nodes.test.ts in processes of their own, with the versions of Node that the one addon serves. It does a little of
 * everything that rests on Node itself: collection, contexts over `await`, threads, promises, the end of the process.
 * Prints what it computed, which may not depend on the version.
 */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { nn, optim, torch } from '../../ts';
import { DisposedTensorError, InputError, ShapeError } from '../../ts/errors';
import type { Tensor } from '../../ts';

const sha256 = (tensors: Iterable<Tensor>): string => {
  const hash = createHash('sha256');
  for (const tensor of tensors) hash.update(Buffer.from((tensor.detach().data() as Float32Array).buffer));
  return hash.digest('hex');
};

/** The losses of a small net that learns the sum of two numbers, and a digest of its weights. */
function train(seed: number, steps: number): { losses: number[]; weights: string } {
  // Not torch.manualSeed: the default generator is the process's, and other threads draw from it.
  const generator = new torch.Generator().manualSeed(seed);
  const model = new nn.Sequential(new nn.Linear(2, 16), new nn.GELU(), new nn.LayerNorm(16), new nn.Linear(16, 1));
  for (const parameter of model.parameters())
    torch.noGrad(() => parameter.copy_(torch.randn(parameter.shape, { generator }).mul(0.3)));
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-2 });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    torch.scope(() => {
      const x = torch.rand([32, 2], { generator });
      const loss = torch.nn.functional.mseLoss(model.forward(x), x.sum(1, { keepdim: true }));
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      losses.push(loss.item() as number);
    });
  }
  return { losses, weights: sha256(model.parameters()) };
}

/** Without a turn of the event loop and without a scope, what is garbage goes. */
function garbage(): void {
  const count = 20_000;
  const x = torch.ones([64, 128]); // 32 KB; 655 MB in all
  const before = torch.allocatedBytes();
  const peak = { tensors: 0, bytes: 0 };
  for (let i = 0; i < count; i++) {
    x.add(i);
    if (i % 100 !== 0) continue;
    peak.tensors = Math.max(peak.tensors, torch.memory().tensors);
    peak.bytes = Math.max(peak.bytes, torch.allocatedBytes() - before);
  }
  assert.ok(peak.tensors < count / 2, `${peak.tensors} of ${count} tensors lived at once`);
  assert.ok(peak.bytes < (count / 2) * x.nbytes, `${peak.bytes / 1e6} MB lived at once`);
}

/** Scopes and modes of contexts that interleave, beside a storage of the program's own. */
async function contexts(): Promise<void> {
  const own = new AsyncLocalStorage<number>();
  torch.collectGarbage(); // else what garbage() left would go while this counts
  const before = torch.memory().tensors;
  const turns = async (tag: number): Promise<Tensor> => {
    const mine: Tensor[] = [];
    for (let i = 0; i < 4 + tag; i++) {
      mine.push(torch.full([1], tag, { requiresGrad: true }).mul(1));
      await wait(i % 2);
      assert.deepEqual(
        [own.getStore(), torch.isGradEnabled(), mine[i]!.requiresGrad],
        [tag, tag % 2 === 0, tag % 2 === 0],
      );
      for (const tensor of mine) assert.equal(tensor.item(), tag);
    }
    return torch.cat(mine).sum();
  };
  const enter = (tag: number): Promise<Tensor> =>
    own.run(tag, () => torch.scope(async () => (tag % 2 === 0 ? turns(tag) : torch.noGrad(() => turns(tag)))));
  const sums = await Promise.all([0, 1, 2, 3].map(enter));
  assert.deepEqual(
    sums.map((sum) => sum.item()),
    [0, 5, 12, 21],
  );
  for (const sum of sums) sum.dispose();
  assert.equal(
    torch.scope(() => torch.ones([2]).add(1).sum().item()),
    4,
  );
  assert.equal(torch.memory().tensors, before);
}

/** Errors of the addon, of its arguments and of a callback in the middle of a backward pass. */
function errors(): void {
  const x = torch.ones([2, 2]);
  assert.throws(() => x.mm(torch.ones([3, 3])), ShapeError);
  assert.throws(() => torch.receive({ token: 1 } as never), InputError);
  const own = new Error('from a hook');
  const w = torch.ones([2], { requiresGrad: true });
  w.registerHook(() => {
    throw own;
  });
  assert.throws(
    () => w.sum().backward(),
    (error) => error === own,
  );
  x.dispose();
  assert.throws(() => x.add(1), DisposedTensorError);
}

/** Memory that is lent is a tensor's as long as it wants, wherever the buffer passes it on. */
function lentMemory(): void {
  const transfer = Reflect.get(ArrayBuffer.prototype, 'transfer') as ((this: ArrayBuffer) => ArrayBuffer) | undefined;
  const lent = Array.from({ length: 20 }, () => {
    const array = new Float32Array(1 << 18).fill(3);
    const tensor = torch.fromTypedArray(array, [array.length], { copy: false });
    try {
      transfer?.call(array.buffer as ArrayBuffer);
    } catch (error) {
      assert.ok(error instanceof TypeError);
    }
    return tensor;
  });
  torch.collectGarbage();
  const others = lent.map(() => new Float32Array(1 << 18).fill(5));
  for (const tensor of lent) assert.equal(tensor.sum().item(), 3 * 2 ** 18);
  assert.equal(others.length, lent.length);
}

/** Long work beside the event loop. */
async function later(): Promise<void> {
  const w = torch.ones([300, 300], { requiresGrad: true });
  const loss = Array.from({ length: 6 })
    .reduce<Tensor>((product) => product.mm(w).div(300), w)
    .sum();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const [data] = await Promise.all([w.dataAsync(), loss.backwardAsync(), wait(5)]);
  clearInterval(timer);
  assert.deepEqual([data.length, w.grad!.shape, turns > 0], [90_000, [300, 300], true]);
  await assert.rejects(loss.dataAsync({ signal: AbortSignal.abort() }));
}

/** A file that is written and read back. */
function files(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'torchts-smoke-'));
  try {
    const file = path.join(folder, 'x.safetensors');
    const state = new nn.Linear(3, 2).stateDict();
    torch.safetensors.save(state, file, { made: 'here' });
    const read = torch.safetensors.load(file);
    assert.deepEqual(Object.keys(read).sort(), [...Object.keys(state)].sort());
    for (const [name, tensor] of Object.entries(state)) assert.deepEqual(read[name]!.data(), tensor.data(), name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Task =
  | { readonly kind: 'train'; readonly seed: number }
  | { readonly kind: 'endless' }
  | { readonly kind: 'fill'; readonly message: torch.Shared<Tensor> };

function start(task: Task): Worker {
  return new Worker(`require('tsx/cjs'); require(${JSON.stringify(__filename)});`, { eval: true, workerData: task });
}

function reply(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** What a worker does, each kind with tensors of its own. */
function serve(task: Task): void {
  torch.setNumThreads(1);
  if (task.kind === 'train') return parentPort!.postMessage(train(task.seed, 40));
  if (task.kind === 'fill') return parentPort!.postMessage(torch.receive(task.message).fill_(7).shape);
  parentPort!.postMessage('at work');
  for (;;) train(0, 1);
}

/** Two workers that train, one that is ended in the middle of its work, and one that writes into a tensor of this thread. */
async function workers(): Promise<void> {
  const seeds = [1, 2];
  const endless = start({ kind: 'endless' });
  const trained = seeds.map((seed) => reply(start({ kind: 'train', seed })));
  await reply(endless);
  await wait(20);
  await endless.terminate();
  assert.deepEqual(
    await Promise.all(trained),
    seeds.map((seed) => train(seed, 40)),
  );
  const shared = torch.zeros([3]);
  assert.deepEqual(await reply(start({ kind: 'fill', message: torch.share(shared) })), [3]);
  assert.deepEqual(shared.toArray(), [7, 7, 7]);
}

async function main(): Promise<void> {
  torch.setNumThreads(1);
  const result = train(0, 200);
  assert.ok(result.losses.at(-1)! < result.losses[0]! / 100, `${result.losses[0]} -> ${result.losses.at(-1)}`);
  garbage();
  await contexts();
  errors();
  lentMemory();
  await later();
  files();
  await workers();
  garbage(); // after other threads have come and gone
  console.log(JSON.stringify(result));
}

if (isMainThread) void main();
else serve(workerData as Task);
