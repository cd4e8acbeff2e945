import assert from 'node:assert/strict';
import * as torch from '../../ts/tensor';
import { treeFlatten } from '../../ts/compile/pytree';
import type { CompiledModule } from '../../ts/compile';

/** Compares tensors that were computed by other kernels in another order: 1e-5, relative to the number or to one. */
export function assertNear(found: unknown, wanted: unknown, rtol = 1e-5): void {
  const [a, b] = [treeFlatten(found), treeFlatten(wanted)];
  assert.deepEqual(a.spec, b.spec);
  for (const [i, tensor] of a.tensors.entries())
    torch.testing.assertClose(tensor, b.tensors[i]!, { rtol, atol: 1e-5, equalNan: true });
}

/** Calls both twice, since the first call of the compiled module is one of the module itself, and compares. */
export function assertSame(compiled: CompiledModule, ...args: readonly unknown[]): void {
  assertSameWithin(1e-5, compiled, ...args);
}

/** The same, for models that make more of a rounding. */
export function assertSameWithin(rtol: number, compiled: CompiledModule, ...args: readonly unknown[]): void {
  torch.scope(() => {
    const wanted = torch.noGrad(() => compiled.module.forward(...(args as never[])));
    for (let run = 0; run < 3; run++) assertNear(compiled.forward(...(args as never[])), wanted, rtol);
  });
}

/** Options that turn any reason to run eagerly into an error. */
export const STRICT = { fullgraph: true } as const;

/** Collects warnings. */
export function listener(): { messages: string[]; onWarning: (message: string) => void } {
  const messages: string[] = [];
  return { messages, onWarning: (message) => messages.push(message) };
}
