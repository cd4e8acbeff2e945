import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { distributedBinding } from '../../ts/native/distributed-binding';

const root = path.join(__dirname, '..', '..');

/** The members of the DistributedBinding interface. */
function declared(): string[] {
  const text = readFileSync(path.join(root, 'ts/native/distributed-binding.ts'), 'utf8');
  const body = /export interface DistributedBinding {([^]*?)\n}/.exec(text)![1]!;
  return [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name!);
}

describe('the seam to the second addon', () => {
  it('declares what the addon exports, no more and no less', () => {
    assert.deepEqual(declared().sort(), Object.keys(distributedBinding()).sort());
  });

  it('is told of above each exported function of native/distributed', () => {
    const folder = path.join(root, 'native/distributed');
    const comments = readdirSync(folder)
      .filter((name) => name.endsWith('.cc'))
      .flatMap((name) => [...readFileSync(path.join(folder, name), 'utf8').matchAll(/^ *\/\/ .*$/gm)])
      .join('\n');
    assert.deepEqual(
      declared().filter((name) => !new RegExp(`\\b${name}\\(`).test(comments)),
      [],
    );
  });

  it('refuses wrong arguments with an error, whatever they are', () => {
    const functions = distributedBinding() as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const [name, call] of Object.entries(functions))
      for (const value of [
        undefined,
        null,
        -1,
        1e300,
        NaN,
        {},
        [],
        () => 1,
        Symbol('x'),
        2n ** 70n,
        new Float64Array(2),
      ]) {
        // These would begin to wait for others.
        if (['tcpStore', 'fileStore', 'hashStore'].includes(name)) continue;
        assert.throws(() => call(...Array.from({ length: 10 }, () => value)), Error, `${name}(${String(value)})`);
      }
  });
});
