/** results.json keeps the newest run of every case on each device and processor; results.md is made of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './case';
import type { Outcome } from './interleave';
import type { Machine } from './machine';
import { renderMarkdown } from './markdown';

/** One run of one case. */
export interface Entry extends Outcome {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly device: string;
  readonly threads: number;
  readonly rounds: number;
  /** ISO 8601, to the second. */
  readonly date: string;
  readonly command: string;
  readonly machine: Machine;
  /** One-minute load when the case started. */
  readonly load: number;
  readonly commit: string | null;
  /** Why there is no peer, or null. */
  readonly absent: string | null;
}

/** Puts entries in the place of older ones of the same case, device and processor, and writes both files. */
export function record(folder: string, order: readonly Case[], fresh: readonly Entry[]): void {
  const path = join(folder, 'results.json');
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Entry[]) : [];
  const rank = ({ name, device }: Entry): number =>
    order.findIndex((bench) => bench.name === name) + (device === 'cpu' ? 0 : 0.5);
  const kept = before.filter((entry) => !fresh.some((newer) => replaces(newer, entry)));
  const entries = [...kept, ...fresh].sort((a, b) => rank(a) - rank(b) || (a.date < b.date ? 1 : -1));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(entries, null, 1)}\n`);
  writeFileSync(join(folder, 'results.md'), renderMarkdown(entries));
}

/** Earlier entries have the processor's name alone. */
function replaces(newer: Entry, { name, device, machine }: Entry): boolean {
  return newer.name === name && newer.device === device && newer.machine.cpu.startsWith(machine.cpu);
}
