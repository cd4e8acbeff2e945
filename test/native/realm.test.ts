import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createContext, Script } from 'node:vm';

const DIST = path.join(__dirname, '../../dist');

type Torch = typeof import('../../ts');

interface Sandbox {
  readonly torch: Torch;
  /** Runs code in the context, with `torch` in sight. */
  readonly run: (code: string) => unknown;
}

/** A load of the package in a vm context of its own, as Jest and Vitest's vm pools load modules; Node's own stay outside. */
function sandboxed(): Sandbox {
  const context = createContext({
    process,
    Buffer,
    console,
    setTimeout,
    clearTimeout,
    setImmediate,
    queueMicrotask,
    structuredClone,
    URL,
    AbortController,
    AbortSignal,
    TextDecoder,
    TextEncoder,
    fetch,
  });
  const loaded = new Map<string, { exports: unknown }>();
  const load = (file: string): unknown => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const made = { exports: {} as unknown };
    loaded.set(file, made);
    const outer = createRequire(file);
    const inner = Object.assign(
      (name: string): unknown => {
        const found = outer.resolve(name);
        return found.startsWith(DIST) && found.endsWith('.js') ? load(found) : outer(name);
      },
      { resolve: outer.resolve, cache: {} },
    );
    const body = new Script(
      `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`,
      { filename: file },
    );
    (body.runInContext(context) as (...args: unknown[]) => void)(made.exports, inner, made, file, path.dirname(file));
    return made.exports;
  };
  const torch = load(path.join(DIST, 'index.js')) as Torch;
  Object.assign(context, { torch });
  return { torch, run: (code) => new Script(code).runInContext(context) };
}

(existsSync(path.join(DIST, 'index.js')) ? describe : describe.skip)(
  'a vm context (needs dist, which `make build` writes)',
  () => {
    let torch: Torch, run: Sandbox['run'];
    before(function () {
      this.timeout(120_000);
      ({ torch, run } = sandboxed());
    });

    const name = (code: string): unknown =>
      run(
        `(() => { try { ${code}; return 'nothing thrown'; } catch (error) { return error instanceof torch.TorchError && error instanceof Error ? error.name : 'foreign ' + error; } })()`,
      );

    it("gets the addon's errors thrown, and typed", () => {
      assert.equal(name('torch.ones([2, 3]).mm(torch.ones([2, 3]))'), 'ShapeError');
      assert.equal(name('torch.ones([2, 3]).add(torch.ones([4]))'), 'ShapeError');
      assert.equal(name('torch.ones([2]).view(5)'), 'ShapeError');
      assert.equal(name('torch.ones([2]).to("nowhere")'), name('torch.ones([2]).to("somewhere")'));
      assert.equal(name('torch.ones([2]).backward()'), 'TorchError');
      assert.equal(name('torch.share(torch.ones([2]), { receivers: 2 ** 40 })'), 'DTypeError');
      assert.equal(name('const x = torch.ones([2]); x.dispose(); x.add(1)'), 'DisposedTensorError');
    });

    it('rejects what fails in the native thread', async () => {
      const error = await (run('torch.ones([2]).backwardAsync().catch((error) => error)') as Promise<unknown>);
      assert.equal(error instanceof torch.TorchError, true);
    });

    it("takes typed arrays, maps, objects, dates' numbers and functions of its own", () => {
      assert.deepEqual([...(run('torch.fromTypedArray(new Float32Array([1, 2])).data()') as Float32Array)], [1, 2]);
      assert.deepEqual([...(run('torch.tensor(new BigInt64Array([3n])).data()') as BigInt64Array)], [3n]);
      assert.equal(run('torch.receive(torch.share(new Map([["a", torch.ones([2])]]))).get("a").sum().item()'), 2);
      assert.equal(run('torch.scope(() => new Map([["a", torch.ones([2])]])).get("a").sum().item()'), 2);
      assert.equal(run('torch.scope(() => ({ a: torch.ones([2]) })).a.sum().item()'), 2);
      assert.equal(run('torch.zeros([2], { dtype: "int64" }).dtype'), 'int64');
      assert.equal(
        run(
          'const x = torch.ones([2], { requiresGrad: true }); x.registerHook((g) => g.mul(3)); x.sum().backward(); x.grad.sum().item()',
        ),
        6,
      );
    });

    it('takes those of the outer realm as well', () => {
      assert.deepEqual([...torch.fromTypedArray(new Float32Array([1, 2])).data()], [1, 2]);
      assert.deepEqual([...torch.tensor(new Int16Array([3])).data()], [3]);
      const shared = torch.receive(torch.share(new Map([['a', torch.ones([2])]])));
      assert.equal(shared.get('a')!.sum().item(), 2);
      assert.equal(
        torch
          .scope(() => new Map([['a', torch.ones([2])]]))
          .get('a')!
          .sum()
          .item(),
        2,
      );
      assert.equal(torch.zeros([2], { dtype: 'int64' }).dtype, 'int64');
      assert.equal(
        torch
          .scope(() => ({ a: torch.ones([2]) }))
          .a.sum()
          .item(),
        2,
      );
    });
  },
);

(existsSync(path.join(DIST, 'index.js')) ? describe : describe.skip)(
  'two loads in one thread (needs dist, which `make build` writes)',
  () => {
    let first: Torch, second: Torch;
    before(function () {
      this.timeout(120_000);
      first = sandboxed().torch;
      second = sandboxed().torch;
    });

    it('each keep their own arguments, results and tensors', () => {
      const a = first.tensor([1, 2, 3]),
        b = second.tensor([10, 20]);
      assert.deepEqual([...a.add(1).data()], [2, 3, 4]);
      assert.deepEqual([...b.mul(2).data()], [20, 40]);
      assert.deepEqual([...first.cat([a, a]).data()], [1, 2, 3, 1, 2, 3]);
      assert.equal(second.liveTensors().length < 5, true);
    });

    it('each keep their own modes', () => {
      const x = first.ones([2], { requiresGrad: true }),
        y = second.ones([2], { requiresGrad: true });
      first.noGrad(() => {
        assert.equal(y.mul(2).requiresGrad, true);
        assert.equal(x.mul(2).requiresGrad, false);
        second.inferenceMode(() => {
          assert.equal(y.mul(2).requiresGrad, false);
          assert.equal(x.mul(2).requiresGrad, false);
        });
        assert.equal(y.mul(2).requiresGrad, true);
      });
      assert.equal(x.mul(2).requiresGrad, true);
      assert.equal(
        first.autocast('cpu', {}, () => second.ones([2, 2]).mm(second.ones([2, 2])).dtype),
        'float32',
      );
      first.autocast('cpu', {}, () => {
        second.ones([2]).add(1);
        assert.equal(first.ones([2, 2]).mm(first.ones([2, 2])).dtype, 'bfloat16');
      });
    });

    it('call back into their own JavaScript', () => {
      for (const torch of [first, second]) {
        const x = torch.ones([2], { requiresGrad: true });
        x.registerHook((gradient) => {
          first.ones([3]).add(1);
          second.ones([3]).add(1);
          return gradient.mul(5);
        });
        x.sum().backward();
        assert.equal(x.grad!.sum().item(), 10);
      }
    });

    it('say so of a tensor of the other', () => {
      const foreign = second.ones([2]) as unknown as import('../../ts').Tensor;
      for (const mistake of [
        () => first.ones([2]).add(foreign),
        () => first.cat([foreign]),
        () => first.ones([2]).mm(foreign),
      ]) {
        assert.throws(mistake, /another copy of torchts/);
      }
    });
  },
);
