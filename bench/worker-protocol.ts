/**
 * Our half of a case: a process that answers each line `run <measure>` on its standard input with one JSON line.
 * turns.py is the same for Python.
 */
import { createInterface } from 'node:readline';
import type { Settings } from './case';

/** What a case's file sets up. */
export interface Side {
  /** Names and versions of what else it rests on. @default none */
  readonly facts?: Readonly<Record<string, string>>;
  /** Numbers that the peer has to find too. @default none */
  readonly check?: readonly number[];
  /** Each gives one figure, in the unit of its measure. */
  readonly measures: Readonly<Record<string, () => number | Promise<number>>>;
}

/** The first line of a side: that it is ready, what it runs on, and the results to compare. */
export interface Ready {
  /** Names and versions of what it rests on. */
  readonly facts: Readonly<Record<string, string>>;
  readonly check: readonly number[];
}

/** The line after `run <measure>`. */
export interface Reply {
  /** Null where this machine has not what the measure needs; the facts say why. */
  readonly value: number | null;
}

export interface Failure {
  readonly error: string;
}

/** Prepares a side from its settings, then serves its measures until standard input ends. */
export async function takeTurns(prepare: (settings: Settings) => Side | Promise<Side>): Promise<void> {
  try {
    const { torch } = await import('torchts');
    const settings = readSettings();
    torch.setNumThreads(settings.threads);
    const { facts, check = [], measures } = await prepare(settings);
    reply({ facts: { ...versions(torch.version), ...facts }, check });
    for await (const line of createInterface({ input: process.stdin })) {
      const measure = measures[line.replace(/^run /, '')];
      reply(measure ? { value: await measure() } : { error: `there is no measure for the line '${line}'` });
    }
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
}

export function readSettings(): Settings {
  return JSON.parse(process.argv[2] ?? '{}') as Settings;
}

export function versions(libtorch: string): Ready['facts'] {
  return { Node: process.versions.node, libtorch };
}

/** Writes one line for the runner. */
export function reply(line: Ready | Reply | Failure): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
