/**
 * What torchts asks of an accelerator, on one that computes on the CPU and keeps a journal (native/reference/pretend.cc). It
 * cannot be taken out of a process again, so accelerator.test.ts runs this file in one of its own.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { DataLoader } from '../../ts/data';
import { DeviceError, InputError, OutOfMemoryError } from '../../ts/errors';
import * as torch from '../../ts/tensor';
import { accelerator, type Device } from '../../ts/tensor';
import { chooseDevice } from '../../ts/train/device';

const MEBIBYTE = 2 ** 20;
const TOTAL = 256 * MEBIBYTE;
const [FIRST, SECOND] = ['privateuseone:0', 'privateuseone:1'] as const;

interface Pretended {
  pretend(total: number): void;
  journal(): string[];
}

let journal: () => string[] = () => [];
/** What was written since the last call, but for streams that became current. */
const asked = (): string[] => journal().filter((entry) => !entry.endsWith(': current'));
const stream = (device: Device = FIRST): torch.Stream => new accelerator.Stream({ device });
const current = (): bigint => accelerator.currentStream(FIRST).streamId;

export const cases: Readonly<Record<string, () => void | Promise<void>>> = {
  'is found, and is not taken for CUDA'() {
    assert.deepEqual(
      [accelerator.current(), accelerator.deviceCount(), accelerator.isAvailable()],
      ['privateuseone', 2, true],
    );
    assert.deepEqual([torch.cuda.isAvailable(), torch.cuda.deviceCount()], [false, 0]);
    assert.throws(() => torch.cuda.getDeviceProperties(), DeviceError);
  },

  'is another one for each process of a machine that trains'() {
    assert.deepEqual(
      [undefined, '0', '1', '2'].map((localRank) => chooseDevice('auto', undefined, localRank)),
      ['privateuseone', FIRST, SECOND, FIRST],
    );
    assert.equal(chooseDevice('privateuseone', undefined, '1'), SECOND);
    assert.equal(chooseDevice(FIRST, undefined, '1'), FIRST);
  },

  'takes tensors and gives them back'() {
    const there = torch
      .tensor([
        [1, 2],
        [3, 4],
      ])
      .to({ device: SECOND });
    assert.equal(there.device, SECOND);
    const sum = there.add(there.t());
    assert.deepEqual(
      [sum.device, sum.cpu().toArray(), sum.toArray()],
      [
        SECOND,
        [
          [2, 5],
          [5, 8],
        ],
        [
          [2, 5],
          [5, 8],
        ],
      ],
    );
    assert.throws(() => there.add(torch.ones([2, 2])), DeviceError);
  },

  'runs a body on a stream and goes back, nested too'() {
    const [outer, inner] = [stream(), stream()];
    const before = current();
    const seen = accelerator.stream(outer, () => [current(), accelerator.stream(inner, current), current()]);
    assert.deepEqual(seen, [outer.streamId, inner.streamId, outer.streamId]);
    assert.equal(current(), before);
    assert.throws(
      () =>
        accelerator.stream(outer, () => {
          throw new RangeError('mine');
        }),
      RangeError,
    );
    assert.equal(current(), before);
    assert.equal(accelerator.defaultStream(FIRST).streamId, 0n);
  },

  async 'keeps the streams of interleaved async bodies apart'() {
    const run = async (own: torch.Stream): Promise<bigint[]> =>
      accelerator.stream(own, async () => {
        const seen = [];
        for (let i = 0; i < 5; i++) {
          seen.push(current());
          await new Promise((resolve) => setImmediate(resolve));
        }
        return seen;
      });
    const streams = [stream(), stream(), stream()];
    const seen = await Promise.all(streams.map(run));
    assert.deepEqual(
      seen,
      streams.map(({ streamId }) => Array<bigint>(5).fill(streamId)),
    );
    assert.equal(current(), 0n);
  },

  'stays on a stream that was set'() {
    const own = stream();
    accelerator.setStream(own);
    assert.ok(accelerator.currentStream(FIRST).equals(own));
    assert.equal(accelerator.stream(stream(), () => torch.noGrad(current)) === own.streamId, false);
    assert.equal(current(), own.streamId);
    accelerator.setStream(accelerator.defaultStream(FIRST));
    assert.equal(current(), 0n);
  },

  'orders streams by events'() {
    const [first, second] = [stream(), stream()];
    asked();
    second.waitStream(first);
    const event = first.recordEvent();
    event.wait(second);
    event.synchronize();
    assert.ok(event.query() && first.query());
    first.synchronize();
    const names = asked().map((entry) =>
      entry
        .replace(`stream ${first.streamId}`, 'A')
        .replace(`stream ${second.streamId}`, 'B')
        .replace(/event \d+/, 'event'),
    );
    assert.deepEqual(names, [
      'device 0 A: record event',
      'device 0 B: wait for event',
      'device 0 A: record event',
      'device 0 B: wait for event',
      'synchronize event',
      'device 0 A: synchronize',
    ]);
    event.dispose();
    assert.throws(() => event.query(), /the event was disposed/);
  },

  async 'tells the time between two events'() {
    const [start, end] = [0, 1].map(() => new accelerator.Event({ enableTiming: true })) as [torch.Event, torch.Event];
    start.record();
    await new Promise((resolve) => setTimeout(resolve, 20));
    end.record();
    assert.ok(start.elapsedTime(end) >= 15, `${start.elapsedTime(end)} ms`);
  },

  'has a current device'() {
    assert.equal(accelerator.currentDevice(), FIRST);
    const made = accelerator.deviceIndex(1, () => [
      accelerator.currentDevice(),
      torch.zeros([1], { device: 'privateuseone' }).device,
      stream(SECOND).device,
    ]);
    assert.deepEqual(made, [SECOND, SECOND, SECOND]);
    assert.equal(
      accelerator.stream(stream(SECOND), accelerator.currentDevice),
      SECOND,
      'a stream brings its device along',
    );
    accelerator.setDeviceIndex(1);
    assert.equal(accelerator.currentDeviceIndex(), 1);
    accelerator.setDeviceIndex(0);
    for (const index of [2, -1, 0.5, NaN]) assert.throws(() => accelerator.deviceIndex(index, () => 0), DeviceError);
    assert.throws(() => stream('privateuseone:5' as Device), DeviceError);
    assert.throws(() => accelerator.memory(7), DeviceError);
  },

  'counts memory'() {
    torch.collectGarbage();
    accelerator.resetPeakMemory(0);
    const { allocated } = accelerator.memory(0);
    const tensor = torch.zeros([MEBIBYTE], { device: FIRST });
    assert.equal(accelerator.memory(0).allocated - allocated, 4 * MEBIBYTE);
    assert.deepEqual(accelerator.memoryInfo(0), { free: TOTAL - allocated - 4 * MEBIBYTE, total: TOTAL });
    tensor.dispose();
    assert.equal(accelerator.memory(0).allocated, allocated);
    assert.ok(accelerator.memory(0).peakAllocated >= allocated + 4 * MEBIBYTE);
  },

  'tries once more when memory runs out, then names the largest tensors'() {
    const kept = torch.zeros([100, MEBIBYTE], { device: FIRST, dtype: 'uint8' });
    asked();
    assert.throws(
      () => torch.zeros([200, MEBIBYTE], { device: FIRST, dtype: 'uint8' }),
      (error) => {
        assert.ok(error instanceof OutOfMemoryError);
        assert.match(error.message, /100\.0 MiB: uint8\[100, 1048576\] on privateuseone:0/);
        return true;
      },
    );
    assert.ok(asked().includes('empty cache'));
    kept.dispose();
  },

  'collects garbage before a device is full'() {
    torch.collectGarbage();
    const failures = accelerator.memory(0).outOfMemory;
    for (let i = 0; i < 200; i++) torch.zeros([8, MEBIBYTE], { device: FIRST, dtype: 'uint8' });
    assert.equal(accelerator.memory(0).outOfMemory, failures);
    assert.ok(accelerator.memory(0).peakAllocated <= TOTAL);
  },

  'collects garbage at a watermark that was set'() {
    torch.setMemoryWatermark(FIRST, 64 * MEBIBYTE);
    torch.collectGarbage();
    accelerator.resetPeakMemory(0);
    for (let i = 0; i < 100; i++) torch.zeros([4, MEBIBYTE], { device: FIRST, dtype: 'uint8' });
    assert.ok(
      accelerator.memory(0).peakAllocated <= 64 * MEBIBYTE + 32 * MEBIBYTE + 4 * MEBIBYTE,
      `${accelerator.memory(0).peakAllocated}`,
    );
    torch.setMemoryWatermark(FIRST, null);
    assert.throws(() => torch.setMemoryWatermark(FIRST, -1), InputError);
    assert.throws(() => torch.setMemoryWatermark('privateuseone:4' as Device, 1), DeviceError);
  },

  'reads pinned memory without waiting'() {
    const plain = torch.ones([3]);
    const pinned = plain.pinMemory();
    assert.deepEqual([plain.isPinned(), pinned.isPinned(), pinned.toArray()], [false, true, [1, 1, 1]]);
    asked();
    assert.deepEqual(pinned.to({ device: FIRST, nonBlocking: true }).toArray(), [1, 1, 1]);
    assert.equal(asked()[0], `copy to ${FIRST} without waiting on stream 0`);
  },

  async 'gets batches in pinned memory from a data loader that is told so'() {
    interface Batch {
      readonly pixels: torch.Tensor;
      readonly boxes: readonly torch.Tensor[];
      readonly names: string[];
    }
    const dataset = { length: 2, load: (index: number) => Promise.resolve(index) };
    const collate = (samples: number[]): Batch => ({
      pixels: torch.tensor(samples),
      boxes: [torch.ones([4])],
      names: ['a', 'b'],
    });
    for (const pinMemory of [false, true]) {
      const loader = new DataLoader(dataset, collate, { batchSize: 2, pinMemory });
      for await (const { pixels, boxes, names } of loader.epoch(0)) {
        assert.deepEqual(
          [pixels.isPinned(), boxes[0]!.isPinned(), pixels.toArray(), names],
          [pinMemory, pinMemory, [0, 1], ['a', 'b']],
        );
      }
    }
  },

  async 'carries the stream and the device into the thread for long work'() {
    const own = stream(SECOND);
    asked();
    await accelerator.stream(own, () => torch.ones([3]).toAsync('privateuseone'));
    assert.deepEqual(asked(), [`copy to ${SECOND} on stream ${own.streamId}`]);
    await torch.ones([3]).toAsync('privateuseone');
    assert.deepEqual(asked(), [`copy to ${FIRST} on stream 0`]);
  },

  'is told of memory that another stream uses'() {
    const tensor = torch.ones([3], { device: FIRST });
    const own = stream();
    asked();
    tensor.recordStream(own);
    assert.deepEqual(asked(), [`device 0 stream ${own.streamId}: uses memory`]);
  },

  'records a graph on a stream of its own and replays it'() {
    const graph = new accelerator.Graph({ keepGraph: true });
    const own = stream();
    asked();
    const result = accelerator.graph(graph, () => torch.ones([2], { device: FIRST }).add(1), {
      stream: own,
      pool: graph.pool(),
      mode: 'relaxed',
    });
    graph.instantiate();
    graph.replay();
    assert.deepEqual(result.toArray(), [2, 2]);
    graph.debugDump('/nowhere');
    graph.reset();
    const told = asked().filter((entry) => !entry.startsWith('copy'));
    assert.deepEqual(told, [
      'device 0: synchronize',
      'empty cache',
      'graph: begin in mode 3 and pool 7, 9',
      'graph: end',
      'graph: instantiate',
      'graph: replay on stream 0',
      'graph: dump to /nowhere',
      'graph: reset',
    ]);
    graph.dispose();
    assert.throws(() => graph.replay(), /the graph was disposed/);
  },

  'ends a recording whose body fails, with that body’s error'() {
    const graph = new accelerator.Graph();
    asked();
    assert.throws(
      () =>
        accelerator.graph(graph, () => {
          throw new RangeError('mine');
        }),
      { name: 'RangeError', message: 'mine' },
    );
    assert.equal(asked().at(-1), 'graph: end');
    assert.equal(current(), 0n);
    assert.throws(() => graph.captureBegin(), /non-default stream/);
    assert.throws(() => graph.captureBegin({ mode: 'loose' as 'relaxed' }), InputError);
    assert.throws(() => accelerator.graph(graph, async () => 1), InputError);
  },
};

async function main(): Promise<void> {
  const addon = require(path.join(__dirname, '..', '..', 'build', 'Release', 'torchts_reference.node')) as Pretended;
  addon.pretend(TOTAL);
  journal = () => addon.journal();
  const failures: Record<string, string> = {};
  for (const [title, body] of Object.entries(cases)) {
    try {
      await body();
    } catch (error) {
      failures[title] = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  }
  process.send?.(failures);
}

if (require.main === module) void main();
