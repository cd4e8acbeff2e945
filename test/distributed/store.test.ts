import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { distributed as dist, DistributedTimeoutError, InputError, torch } from '../../ts';

const OPEN: Record<string, (folder: string) => Promise<dist.Store>> = {
  TCPStore: () => dist.TCPStore.open('127.0.0.1', 0, { isMaster: true, timeout: 20_000 }),
  FileStore: (folder) => dist.FileStore.open(path.join(folder, 'store'), { timeout: 20_000 }),
  HashStore: () => dist.HashStore.open({ timeout: 20_000 }),
};

describe('a store', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'torchts-store-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, open] of Object.entries(OPEN)) {
    it(`keeps bytes under keys (${name})`, async () => {
      const store = await open(folder);
      await store.set('text', 'é');
      assert.equal((await store.get('text')).toString(), 'é');
      await store.set('bytes', Uint8Array.of(0, 255, 10));
      assert.deepEqual([...(await store.get('bytes'))], [0, 255, 10]);
      assert.deepEqual([await store.add('count', 3), await store.add('count', -1)], [3, 2]);
      assert.deepEqual([await store.check(['text', 'count']), await store.check(['text', 'none'])], [true, false]);
      assert.equal((await store.compareSet('text', 'é', 'new')).toString(), 'new');
      assert.equal((await store.compareSet('text', 'other', 'newer')).toString(), 'new');
      assert.equal(await store.deleteKey('text'), true);
      assert.equal(await store.check(['text']), false);
      await store.close();
    });

    it(`waits for a key without holding up other calls (${name})`, async () => {
      const store = await open(folder);
      const waiting = Promise.all([store.get('late'), store.wait(['late'])]);
      await store.set('late', 'here');
      assert.equal((await waiting)[0].toString(), 'here');
      await store.close();
    });

    it(`gives up waiting after its timeout (${name})`, async () => {
      const store = await open(folder);
      await assert.rejects(store.wait(['never'], { timeout: 50 }), DistributedTimeoutError);
      await store.close();
    });
  }

  it('is reached by other connections, under a prefix too', async () => {
    const server = await dist.TCPStore.open('127.0.0.1', 0, { isMaster: true });
    const client = await dist.TCPStore.open('127.0.0.1', server.port);
    await new dist.PrefixStore('a', client).set('key', 'value');
    assert.equal((await server.get('a/key')).toString(), 'value');
    await client.close();
    await server.close();
  });

  it('is refused once it was closed, and where there is no server', async () => {
    const store = await dist.HashStore.open();
    await store.close();
    await assert.rejects(store.get('x'), InputError);
    const gone = await dist.TCPStore.open('127.0.0.1', 0, { isMaster: true });
    await gone.close();
    await assert.rejects(
      dist.TCPStore.open('127.0.0.1', gone.port, { timeout: 1000 }),
      (error: Error) =>
        error instanceof DistributedTimeoutError && /^TCPStore\.open\(127\.0\.0\.1:\d+\): /.test(error.message),
    );
  });
});

/** Where there is no GPU, whether or not NCCL is compiled in. */
const NO_NCCL = dist.isNcclAvailable()
  ? /expected an NVIDIA GPU for nccl, found none; use gloo/
  : /expected the backend gloo, found nccl, which is not compiled/;

describe('a group of one process', () => {
  it('is made of a store, and says what is missing without one', async () => {
    assert.throws(() => dist.getRank(), /getRank: expected a process group, found none; call .*initProcessGroup/);
    for (const [backend, sentence] of Object.entries({
      mpi: /expected a backend: gloo, nccl or cpu:gloo,cuda:nccl, found "?'?mpi/,
      'cpu:nccl': /expected a backend: gloo, nccl or .*, found .*cpu:nccl/,
      'gloo,cuda:gloo': /expected one backend for cuda, found .*gloo,cuda:gloo/,
      '': /expected a backend: gloo/,
      ...(torch.cuda.isAvailable() ? {} : { nccl: NO_NCCL }),
    }))
      await assert.rejects(dist.initProcessGroup(backend), sentence);
    await assert.rejects(
      dist.initProcessGroup({ initMethod: 'env://', rank: 0, worldSize: 1 }),
      /expected the environment variable MASTER_ADDR, which is not set/,
    );
    await assert.rejects(dist.initProcessGroup({ initMethod: 'tcp://127.0.0.1:1', rank: 2, worldSize: 2 }), InputError);
    const initMethod = `file://${path.join(tmpdir(), `torchts-alone-${process.pid}`)}`;
    await assert.rejects(
      dist.initProcessGroup({ initMethod, rank: 0, worldSize: 2, timeout: 1000 }),
      (error: Error) =>
        error instanceof DistributedTimeoutError &&
        error.message === 'initProcessGroup on rank 0 of 2: expected the ranks 0, 1 within 1000 ms, missed 1',
    );
    rmSync(new URL(initMethod), { force: true });
    const store = await dist.HashStore.open();
    await dist.initProcessGroup({ store, rank: 0, worldSize: 1 });
    assert.deepEqual([dist.isInitialized(), dist.getRank(), dist.getWorldSize()], [true, 0, 1]);
    await dist.barrier();
    await dist.destroyProcessGroup();
    await dist.initProcessGroup('cuda:gloo', { store, rank: 0, worldSize: 1 });
    assert.deepEqual(await dist.allGatherObject({ a: 1 }), [{ a: 1 }]);
    await dist.destroyProcessGroup();
    await store.close();
    assert.equal(dist.isInitialized(), false);
  });

  it('is refused in a worker thread', async () => {
    const worker = new Worker(
      `require('tsx/cjs'); const { distributed } = require(${JSON.stringify(path.join(__dirname, '../../ts/index.ts'))});
       distributed.HashStore.open().catch((error) => require('node:worker_threads').parentPort.postMessage(error.message));`,
      { eval: true },
    );
    const message = await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    assert.match(String(message), /torch\.distributed: a rank is a process, and this is a worker thread/);
  });
});
