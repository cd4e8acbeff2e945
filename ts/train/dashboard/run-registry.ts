/** All runs that the server shows. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isRun } from '../run';
import { findRuns } from '../runs/summary';
import { FolderRun } from './folder-run';
import { LiveRun } from './live-run';
import type { Command, LogLine, ToServer } from './protocol';
import { Lines, type WatchedRun } from './watched-run';

export class RunRegistry {
  /** What the process says beside its trainings. */
  readonly log = new Lines<LogLine>();
  readonly #live = new Map<string, LiveRun>();
  #folders = new Map<string, FolderRun>();
  readonly #roots: readonly string[];
  readonly #steer: (run: string, command: Command) => void;

  /**
   * @param roots folders of runs
   * @param steer gets what a button asks of a training of this process
   */
  constructor(roots: readonly string[], steer: (run: string, command: Command) => void) {
    this.#roots = roots;
    this.#steer = steer;
  }

  /** The runs of this process, then those in folders, the newest first in both. */
  get runs(): readonly WatchedRun[] {
    const folders = [...this.#folders.values()].map((run) => ({ run, began: run.view().began ?? '' }));
    folders.sort((a, b) => (a.began < b.began ? 1 : a.began > b.began ? -1 : 0));
    return [...[...this.#live.values()].reverse(), ...folders.map(({ run }) => run)];
  }

  get(id: string): WatchedRun | undefined {
    return this.#live.get(id) ?? [...this.#folders.values()].find((run) => run.id === id);
  }

  /** Takes what the training's thread tells. */
  receive(message: Exclude<ToServer, { readonly type: 'close' }>): void {
    if (message.type === 'start') {
      const { run, start } = message;
      // A run that was stopped and goes on in the same process is one run.
      for (const [id, { path }] of this.#live) if (path === resolve(start.path)) this.#live.delete(id);
      this.#live.set(run, new LiveRun(run, start, (command) => this.#steer(run, command)));
    } else if (message.type === 'say') this.log.push(message.line);
    else this.#live.get(message.run)?.receive(message);
  }

  /** Looks for new runs, and for what is new in those that are known. */
  refresh(): void {
    const live = new Set([...this.#live.values()].map(({ path }) => path));
    const found = new Map<string, string>();
    for (const root of this.#roots)
      if (existsSync(root)) for (const path of findRuns(root)) found.set(resolve(path), root);
    for (const path of live) for (const sibling of runsBeside(path)) found.set(sibling, dirname(path));
    for (const path of live) found.delete(path);
    this.#folders = new Map(
      [...found].map(([path, root]) => [path, this.#folders.get(path) ?? new FolderRun(path, root)]),
    );
    for (const run of this.#folders.values()) run.refresh();
  }
}

/** The run folders in the folder of a run. */
function runsBeside(path: string): string[] {
  const folder = dirname(path);
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => join(folder, name)).filter(isRun);
}
