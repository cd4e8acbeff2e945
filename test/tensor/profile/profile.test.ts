import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DTypeError, InputError } from '../../../ts/errors';
import { binding } from '../../../ts/native/binding';
import * as torch from '../../../ts/tensor';
import { autograd, type Tensor } from '../../../ts/tensor';
import { goldenJson } from '../../nn/golden';

const counts = (profile: torch.Profile): Record<string, number> =>
  Object.fromEntries(profile.operators().map(({ name, count }) => [name, count]));

describe('profile', () => {
  const x = torch.randn([16, 16], { requiresGrad: true });
  const work = (): void => torch.scope(() => x.mm(x).tanh().mm(x).sum().backward());

  it('counts operators and the functions of the backward pass', () => {
    const found = counts(torch.profile(work));
    const expected = {
      'aten::tanh': 1,
      MmBackward0: 2,
      TanhBackward0: 1,
      SumBackward0: 1,
      'autograd::engine::evaluate_function: MmBackward0': 2,
      'aten::tanh_backward': 1,
      'torch::autograd::AccumulateGrad': 1,
    };
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, found[name]])), expected);
    assert.equal(found['aten::mm'], 6); // two forward, four backward
  });

  it('counts as Python’s profiler does, name by name', () => {
    const golden = goldenJson<{ counts: Record<string, number>; shapes: Record<string, number> }>('profile');
    const [v, w] = [
      [16, 16],
      [4, 16],
    ].map((size) => torch.randn(size, { requiresGrad: true })) as [Tensor, Tensor];
    const one = torch.ones([]);
    const profile = torch.profile(
      () => {
        torch.linear(v.mm(v).tanh(), w).softmax(1).log().neg().sum().backward(one);
      },
      { recordShapes: true },
    );
    assert.deepEqual(counts(profile), golden.counts);
    const shapes = profile.operators({ groupByShapes: true }).filter(({ name }) => name === 'aten::mm');
    assert.deepEqual(Object.fromEntries(shapes.map((row) => [`${row.name} ${row.shapes}`, row.count])), golden.shapes);
  });

  it('own times add up to the whole, and calls lie within those around them', () => {
    const { events, totalTime } = torch.profile(work);
    const top = events.filter(
      (event) =>
        !events.some(
          (other) =>
            other !== event &&
            other.thread === event.thread &&
            other.start <= event.start &&
            other.start + other.duration >= event.start + event.duration,
        ),
    );
    const whole = top.reduce((sum, { duration }) => sum + duration, 0);
    assert.ok(Math.abs(whole - totalTime) < 1e-6 * whole + 1, `${whole} and ${totalTime}`);
    for (const { name, selfTime, duration } of events) assert.ok(selfTime >= 0 && selfTime <= duration, name);
    assert.deepEqual(
      events.map(({ start }) => start),
      events.map(({ start }) => start).sort((a, b) => a - b),
    );
  });

  it('a long operator takes as long as the clock says', () => {
    const big = torch.randn([700, 700]);
    let elapsed = 0;
    const profile = torch.profile(() =>
      torch.scope(() => {
        const begin = process.hrtime.bigint();
        big.mm(big);
        elapsed = Number(process.hrtime.bigint() - begin) / 1e3;
      }),
    );
    const mm = profile.operators().find(({ name }) => name === 'aten::mm')!;
    // The clock ran around the operator, so it shows no less. The other bound tells a wrong unit, which is off by a thousand.
    assert.ok(mm.totalTime <= elapsed && mm.totalTime > elapsed / 100, `${mm.totalTime} of ${elapsed} µs`);
  });

  it('notes shapes on demand, and groups by them', () => {
    const profile = torch.profile(
      () =>
        torch.scope(() => {
          torch.cat([torch.ones([2, 3]), torch.ones([1, 3])]).mul(2);
          torch.ones([4]).mul(2);
        }),
      { recordShapes: true },
    );
    const shapes = profile
      .operators({ groupByShapes: true })
      .filter(({ name }) => name === 'aten::mul')
      .map((row) => row.shapes);
    assert.deepEqual(shapes.sort(), ['[[3, 3], []]', '[[4], []]']);
    assert.equal(profile.events.find(({ name }) => name === 'aten::cat')!.shapes, '[[[2, 3], [1, 3]], []]');
    assert.match(profile.table({ groupByShapes: true }), /aten::mul .*\[\[3, 3\], \[\]\]/);
    assert.equal(torch.profile(() => torch.ones([1])).events[0]!.shapes, '');
  });

  it('gives what its function gave, and waits for one that is async', async () => {
    assert.equal(torch.profile(() => 7).value, 7);
    const profile = await torch.profile(async () => {
      await Promise.resolve();
      return torch.scope(() => torch.ones([2]).sin().toArray());
    });
    assert.deepEqual(
      [profile.value, counts(profile)['aten::sin']],
      [[Math.fround(Math.sin(1)), Math.fround(Math.sin(1))], 1],
    );
  });

  it('may end before a range that began in it', () => {
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', path.join(__dirname, 'range-program.ts')],
      // What is freed is overwritten (glibc), so that a read of it is noticed.
      { encoding: 'utf8', timeout: 60_000, env: { ...process.env, MALLOC_PERTURB_: '165' } },
    );
    assert.deepEqual({ status, signal, stdout }, { status: 0, signal: null, stdout: 'ended\n' }, stderr);
  });

  it('ends with its function, also when that throws', async () => {
    assert.throws(
      () =>
        torch.profile(() => {
          throw new RangeError();
        }),
      RangeError,
    );
    await assert.rejects(
      torch.profile(async () => {
        await Promise.resolve();
        throw new RangeError();
      }),
      RangeError,
    );
    const profile = torch.profile(() => 0);
    torch.ones([1]).sin();
    assert.deepEqual(profile.events, []);
    assert.throws(
      () => torch.profile(() => torch.profile(() => 0)),
      (error: unknown) => error instanceof InputError && /profiles do not nest/.test(error.message),
    );
    assert.throws(() => torch.profile(() => 0, { record_shapes: true } as object), InputError);
  });

  it('prints a table, sorted and cut as asked', () => {
    const profile = torch.profile(work);
    const lines = profile.table({ sortBy: 'count', rowLimit: 2 }).trimEnd().split('\n');
    assert.equal(lines.length, 7);
    assert.match(lines[1]!, /^Name +Self CPU % +Self CPU +CPU total % +CPU total +CPU time avg +# of Calls$/);
    assert.match(lines[6]!, /^Self CPU time total: [\d.]+(us|ms|s)$/);
    const [first, second] = lines.slice(3, 5).map((line) => Number(/(\d+)$/.exec(line)![1]));
    assert.ok(first! >= second! && second! > 1);
    assert.equal(String(profile), profile.table());
    assert.throws(() => profile.table({ sortBy: 'name' as never }), InputError);
  });

  it('writes a trace that chrome://tracing reads', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'torchts-'));
    try {
      const profile = torch.profile(work, { recordShapes: true });
      profile.exportChromeTrace(path.join(folder, 'trace.json'));
      const trace = JSON.parse(readFileSync(path.join(folder, 'trace.json'), 'utf8')) as {
        traceEvents: Record<string, unknown>[];
      };
      assert.equal(trace.traceEvents.length, profile.events.length);
      const mm = trace.traceEvents.find(({ name }) => name === 'aten::mm')!;
      assert.deepEqual(
        [mm.ph, typeof mm.ts, typeof mm.dur, mm.pid, mm.args],
        ['X', 'number', 'number', process.pid, { 'Input Dims': '[[16, 16], [16, 16]]' }],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('sees functions written in TypeScript, and ranges of one’s own', () => {
    class Twice extends autograd.Function {
      static forward(_: autograd.FunctionContext, t: Tensor): Tensor {
        return t.mul(2);
      }
      static backward(_: autograd.FunctionContext, gradient: Tensor): Tensor {
        return gradient.mul(2);
      }
    }
    const profile = torch.profile(() =>
      torch.scope(() => torch.recordFunction('mine', () => Twice.apply(x).sum()).backward()),
    );
    const mine = profile.events.find(({ name }) => name === 'mine')!;
    const within = profile.events.filter(
      ({ start, duration }) => start > mine.start && start + duration <= mine.start + mine.duration,
    );
    assert.ok(within.some(({ name }) => name === 'aten::sum'));
    assert.equal(counts(profile).TwiceBackward, 1);
    assert.throws(() => torch.recordFunction('later', (async () => 0) as never), DTypeError);
  });

  it('follows a backward pass to the threads of autograd', () => {
    binding.handOver(true);
    try {
      const y = x.tanh();
      y.registerHook((gradient) => gradient.mul(2));
      const profile = torch.profile(() => y.sum().backward());
      const threads = new Set(profile.events.map(({ thread }) => thread));
      assert.equal(counts(profile).TanhBackward0, 1);
      assert.equal(threads.size, 2);
    } finally {
      binding.handOver(false);
      x.grad = null;
    }
  });
});
