import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DisposedTensorError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';

const live = (): number => torch.memory().tensors;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

// Tensors that earlier tests left to the collector shall not go while a test counts.
const collectFirst = (): void => void beforeEach(collect);

/** How many more tensors live after `body` than before. */
function added(body: () => unknown): number {
  const before = live();
  body();
  return live() - before;
}

describe('scope', () => {
  collectFirst();

  it('frees all that was made in it', () => {
    assert.equal(
      added(() =>
        torch.scope(() => {
          torch.ones([2]).add(1).mul(2).sum().item();
        }),
      ),
      0,
    );
  });

  it('returns what its function returns, alone or inside arrays, maps, sets and plain objects', () => {
    const make = (): Tensor => torch.ones([1]).add(1);
    const shapes: readonly [string, (kept: Tensor) => unknown][] = [
      ['alone', (kept) => kept],
      ['array', (kept) => [[kept]]],
      ['object', (kept) => ({ a: { b: kept } })],
      ['map', (kept) => new Map([['k', kept]])],
      ['set', (kept) => new Set([kept])],
      ['object without prototype', (kept) => Object.assign(Object.create(null) as object, { kept })],
    ];
    for (const [what, wrap] of shapes) {
      let kept: Tensor | undefined;
      assert.equal(
        added(() => torch.scope(() => wrap((kept = make())))),
        1,
        what,
      );
      assert.equal(kept!.isDisposed, false, what);
      kept!.dispose();
    }
  });

  it('a result that holds itself is no endless walk', () => {
    const kept = torch.scope(() => {
      const loop: Record<string, unknown> = { tensor: torch.ones([1]) };
      loop.self = loop;
      return loop;
    });
    assert.equal((kept.tensor as Tensor).isDisposed, false);
  });

  it('a freed tensor throws, and says what to do', () => {
    let escaped: Tensor | undefined;
    torch.scope(() => {
      escaped = torch.ones([1]);
    });
    assert.equal(escaped!.isDisposed, true);
    assert.throws(() => escaped!.add(1), DisposedTensorError);
  });

  it('hands its result to the scope around it', () => {
    let inner: Tensor | undefined;
    assert.equal(
      added(() =>
        torch.scope(() => {
          inner = torch.scope(() => torch.ones([2]));
          assert.equal(inner.isDisposed, false);
        }),
      ),
      0,
    );
    assert.equal(inner!.isDisposed, true);
  });

  it('leaves alone what was there before', () => {
    const x = torch.ones([2]);
    torch.scope(() => x.add(1));
    assert.deepEqual(x.toArray(), [1, 1]);
  });

  it('frees everything when its function throws', () => {
    assert.equal(
      added(() =>
        assert.throws(
          () =>
            torch.scope(() => {
              torch.ones([1]);
              throw new Error('inside');
            }),
          /inside/,
        ),
      ),
      0,
    );
  });

  it('is not disturbed by dispose inside', () => {
    assert.equal(
      added(() =>
        torch.scope(() => {
          const x = torch.ones([1]);
          x.dispose();
          x.dispose();
        }),
      ),
      0,
    );
  });

  it('frees a hundred thousand tensors', () => {
    assert.equal(
      added(() =>
        torch.scope(() => {
          const x = torch.ones([1]);
          for (let i = 0; i < 100_000; i++) x.view(1);
        }),
      ),
      0,
    );
  });
});

describe('async scope', () => {
  collectFirst();

  it('holds over every await, and frees when its promise settles', async () => {
    const before = live();
    const kept = await torch.scope(async () => {
      torch.ones([1]);
      await wait(1);
      const x = torch.ones([1]);
      await wait(1);
      return x.add(1);
    });
    assert.equal(live() - before, 1);
    assert.deepEqual(kept.toArray(), [2]);
    kept.dispose();
  });

  it('two that interleave free none of the other', async () => {
    const work = (tag: number, turns: number): Promise<number> =>
      torch.scope(async () => {
        const mine: Tensor[] = [];
        for (let i = 0; i < turns; i++) {
          mine.push(torch.full([1], tag));
          await wait(i % 2);
          for (const tensor of mine) assert.equal(tensor.item(), tag);
        }
        return torch.cat(mine).sum().item() as number;
      });
    const before = live();
    assert.deepEqual(await Promise.all([work(1, 3), work(2, 9), work(3, 5)]), [3, 18, 15]);
    assert.equal(live(), before);
  });

  it('a scope without await keeps its own beside a pending one', async () => {
    const before = live();
    const pending = torch.scope(async () => {
      const x = torch.ones([1]);
      await wait(3);
      return x.item();
    });
    const outside = torch.ones([1]);
    torch.scope(() => {
      torch.ones([1]).add(outside);
    });
    assert.equal(outside.isDisposed, false);
    assert.equal(await pending, 1);
    outside.dispose();
    assert.equal(live(), before);
  });

  it('frees when the promise is rejected', async () => {
    const before = live();
    await assert.rejects(
      torch.scope(async () => {
        torch.ones([1]);
        await wait(1);
        torch.ones([1]);
        throw new Error('late');
      }),
      /late/,
    );
    assert.equal(live(), before);
  });

  it('a result whose outer scope has ended falls to the collector', async () => {
    let inner!: Promise<Tensor>;
    torch.scope(() => {
      inner = torch.scope(async () => {
        await wait(2);
        return torch.ones([2]);
      });
    });
    const kept = await inner;
    assert.deepEqual([kept.toArray(), kept._tracked], [[1, 1], true]);
  });

  it('work that nobody waited for makes tensors that work, and that the collector frees', async () => {
    let late!: Promise<Tensor>;
    const pending = torch.noGrad(() => wait(8)); // keeps several contexts apart while the late work runs
    await torch.scope(async () => {
      await wait(1);
      late = wait(3).then(() => torch.ones([1]).add(1));
    });
    const made = await late;
    assert.deepEqual([made.toArray(), made._tracked], [[2], true]);
    await pending;
  });
});

describe('scoped', () => {
  collectFirst();

  it('is the scope of code that does not await', () => {
    assert.equal(
      added(() =>
        torch.scoped(() => {
          torch.ones([1]).add(1);
        }),
      ),
      0,
    );
    assert.equal(
      added(() => torch.scoped(() => torch.ones([1])).dispose()),
      0,
    );
    assert.equal(
      added(() =>
        assert.throws(() =>
          torch.scoped(() => {
            torch.ones([1]);
            throw new Error('inside');
          }),
        ),
      ),
      0,
    );
  });

  it('nests in scopes and holds them', () => {
    assert.equal(
      added(() => torch.scope(() => torch.scoped(() => torch.scoped(() => torch.ones([1]).add(1))).item())),
      0,
    );
  });

  it('keeps the tensors of a promise until it settles', async () => {
    const before = live();
    const value = await torch.scoped(async () => {
      const x = torch.ones([1]);
      await wait(1);
      return x.item();
    });
    assert.deepEqual([value, live()], [1, before]);
  });
});

describe('keep, dispose and using', () => {
  collectFirst();

  it('keep takes a tensor out of every scope', () => {
    let weight: Tensor | undefined;
    torch.scope(() => {
      weight = torch.keep(torch.ones([2]));
      torch.scope(() => torch.keep(weight!));
    });
    assert.deepEqual(weight!.toArray(), [1, 1]);
    weight!.dispose();
    assert.equal(weight!.isDisposed, true);
    torch.keep(weight!); // harmless
  });

  it('dispose frees at once, and twice is harmless', () => {
    const x = torch.ones([1]);
    assert.equal(
      added(() => {
        x.dispose();
        x.dispose();
      }),
      -1,
    );
  });

  it('using frees at the end of the block', () => {
    let seen: Tensor | undefined;
    {
      using x = torch.ones([1]);
      seen = x;
      assert.equal(x.isDisposed, false);
    }
    assert.equal(seen.isDisposed, true);
  });

  it('memory lives as long as any tensor over it', () => {
    const x = torch.ones([4]);
    const view = x.view(2, 2);
    x.dispose();
    assert.deepEqual(view.toArray(), [
      [1, 1],
      [1, 1],
    ]);
    view.dispose();
  });
});

describe('memory', () => {
  collectFirst();

  it('counts tensors, and the bytes of shared storage once', () => {
    const before = torch.memory();
    const x = torch.zeros([1000]);
    const views = [x.view(10, 100), x.narrow(0, 0, 10)];
    const after = torch.memory();
    assert.deepEqual([after.tensors - before.tensors, after.bytes - before.bytes], [3, 4000]);
    assert.equal(after.devices['cpu']!.tensors - (before.devices['cpu']?.tensors ?? 0), 3);
    for (const tensor of [x, ...views]) tensor.dispose();
    assert.deepEqual([torch.memory().tensors, torch.memory().bytes], [before.tensors, before.bytes]);
  });

  it('allocatedBytes counts what only a graph holds', () => {
    const w = torch.ones([1000], { requiresGrad: true });
    const before = torch.allocatedBytes();
    const loss = torch.scope(() => w.exp().sum());
    assert.ok(torch.allocatedBytes() - before >= 4000);
    loss.dispose();
    assert.ok(torch.allocatedBytes() - before < 4000);
  });
});
