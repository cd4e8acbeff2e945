/** run.json: what a run was trained from and under, one entry a session. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors';
import type { ConfigTree } from '../config/keys';
import type { RunFolder } from '../run';
import type { Conditions } from './conditions';

const FILE = 'run.json';

/** One process that trained. */
export interface Session extends Conditions {
  /** When it began, as in ISO 8601. */
  readonly began: string;
  /** Optimizer steps that were done when it began. */
  readonly step: number;
}

/** The content of run.json. */
export interface RunFile {
  readonly seed: number;
  /** The metric that decides which checkpoint is best. */
  readonly score: { readonly name: string; readonly mode: 'min' | 'max' };
  /** What identifies the data: digests of its images and labels, for example; null where the caller gave nothing. */
  readonly dataset: ConfigTree | null;
  readonly sessions: readonly Session[];
}

/** Adds a session to the file of a run. */
export function recordSession(run: RunFolder, { sessions, ...data }: RunFile): void {
  const before = readRunFile(run.path)?.sessions ?? [];
  // What begins anew from the first step has nothing of those before.
  const kept = sessions.some(({ step }) => step === 0) ? [] : before;
  run.write(FILE, `${JSON.stringify({ ...data, sessions: [...kept, ...sessions] }, null, 2)}\n`);
}

/** run.json of a run folder; undefined where an earlier version trained it. @throws InputError when it is damaged */
export function readRunFile(path: string): RunFile | undefined {
  const file = join(path, FILE);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunFile;
  } catch (cause) {
    throw new InputError(`${file} is unreadable (${(cause as Error).message}): delete it, or take it from a copy.`, {
      cause,
    });
  }
}
