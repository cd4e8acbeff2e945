/** How the memory of one loop went, from a process of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Length, Sample } from './samples';

export interface Course {
  readonly samples: readonly Sample[];
  /** Tensors that are alive after the loop and a collection. */
  readonly left: number;
}

/**
 * So small a young generation is full after little work. What JavaScript in a backward pass leaves, what a loader has waiting,
 * and what JavaScript lends reaches the old one, which V8 collects so seldom that minutes are a single rise; there all collections
 * are whole ones.
 */
const flagsFor = (loop: string): string[] => [
  '--max-semi-space-size=1',
  ...(/^JavaScript|loader$|lends$/.test(loop) ? ['--gc-global'] : []),
];

/** @throws AssertionError when the process does not end as it should */
export function courseOf(loop: string, length: Length): Course {
  const amount = 'steps' in length ? ['steps', String(length.steps)] : ['seconds', String(length.seconds)];
  const args = [...flagsFor(loop), '--import', 'tsx', path.join(__dirname, 'program.ts'), loop, ...amount];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr);
  return JSON.parse(stdout) as Course;
}
