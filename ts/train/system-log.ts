/** system.jsonl: how a training used the machine, a JSON object for each line of metrics.jsonl about training. No comparison reads it. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { isPlainObject } from '../native/realm';

/** The name of the file in a run folder. */
export const SYSTEM_LOG = 'system.jsonl';

/** One line of system.jsonl. */
export interface SystemEntry {
  /** Optimizer steps done. */
  readonly step: number;
  readonly samplesPerSecond: number;
  /** The share of their time that the steps waited for batches, from 0 to 1. */
  readonly dataWait: number;
  /** Resident memory of the process, in bytes. */
  readonly memory: number;
  /** Bytes that libtorch has taken from the model's accelerator; absent on the CPU. */
  readonly deviceMemory?: number;
}

export function appendSystemEntry(path: string, entry: SystemEntry): void {
  appendFileSync(path, `${JSON.stringify(entry)}\n`);
}

/** The lines of a system.jsonl; those that a resume has undone, that a kill cut short or that are damaged are left out. */
export function readSystemLog(path: string): SystemEntry[] {
  return existsSync(path) ? systemEntries(readFileSync(path, 'utf8')) : [];
}

/** The same for a text; its last line counts once it is whole. */
function systemEntries(text: string): SystemEntry[] {
  const entries: SystemEntry[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const entry = parsed(line);
    if (entry === undefined) continue;
    while (entries.length > 0 && entries.at(-1)!.step >= entry.step) entries.pop();
    entries.push(entry);
  }
  return entries;
}

function parsed(line: string): SystemEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isPlainObject(value) && Number.isInteger((value as { step?: unknown }).step)
      ? (value as unknown as SystemEntry)
      : undefined;
  } catch {
    return undefined;
  }
}
