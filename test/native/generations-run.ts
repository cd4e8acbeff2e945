/** What the process of generations.ts held after each generation of workers. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Sample } from '../leak/samples';

/** Ends with an error when that process does, however it ends. */
export function generations(unit: 'generations' | 'seconds', count: number): Sample[] {
  const args = ['--import', 'tsx', path.join(__dirname, 'generations.ts'), unit, String(count)];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr);
  return JSON.parse(stdout) as Sample[];
}
