import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { InputError, UsageError } from '../errors';
import { FileLock, lockHolder } from '../native/lock';
import { replaceFile } from '../native/replace-file';
import { recoverFolder, usableFolder } from './atomic';
import { readConfigFile } from './config/resolve';
import type { ConfigTree } from './config/keys';

export type CheckpointName = 'last' | 'best';

/**
 * The folder that a training run leaves:
 * `config.yaml`, `metrics.jsonl`, `metrics.json`, `checkpoints/{last,best}/`, `samples/`, `report.html`.
 * One process at a time holds it for writing.
 */
export class RunFolder {
  readonly #lock: FileLock;

  private constructor(
    readonly path: string,
    lock: FileLock,
    /** Whether the run existed before this process opened it. */
    readonly resumed: boolean,
  ) {
    this.#lock = lock;
  }

  /** Begins a run in an absent or empty folder. */
  static create(path: string, config: ConfigTree): RunFolder {
    refuseRun(path);
    if (existsSync(path) && readdirSync(path).length > 0) {
      throw new UsageError(
        `Expected a new or empty folder for the run, but ${path} holds other files; name another by the option run.`,
      );
    }
    mkdirSync(join(path, 'checkpoints'), { recursive: true });
    const lock = takeRunLock(join(path, 'train.lock'));
    try {
      // Again, now that nobody else can: another process may have begun, and ended, since.
      refuseRun(path);
    } catch (error) {
      lock.release();
      throw error;
    }
    const run = new RunFolder(path, lock, false);
    run.write('config.yaml', stringify(config));
    return run;
  }

  /** Takes up the run in `path`, whatever state a kill left it in. */
  static reopen(path: string): RunFolder {
    if (!existsSync(join(path, 'config.yaml'))) {
      throw new UsageError(`There is no run to resume in ${path}: it has no config.yaml.`);
    }
    const run = new RunFolder(path, takeRunLock(join(path, 'train.lock')), true);
    for (const name of ['last', 'best'] as const) recoverFolder(run.checkpoint(name));
    return run;
  }

  /** All that the run was begun with. */
  get config(): ConfigTree {
    return readConfigFile(this.file('config.yaml'));
  }

  /** Writes what a resumed run goes on with: keys that cannot change its outcome may have changed. */
  replaceConfig(config: ConfigTree): void {
    this.write('config.yaml', stringify(config));
  }

  /** True once metrics.json, the last thing that a training writes, is there. */
  get finished(): boolean {
    return existsSync(this.file('metrics.json'));
  }

  checkpoint(name: CheckpointName): string {
    return join(this.path, 'checkpoints', name);
  }

  has(name: CheckpointName): boolean {
    return existsSync(this.checkpoint(name));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes one file of the run in one piece. */
  write(name: string, text: string): void {
    replaceFile(this.file(name), text);
  }

  /** An empty folder inside the run. */
  emptyFolder(name: string): string {
    rmSync(this.file(name), { recursive: true, force: true });
    mkdirSync(this.file(name), { recursive: true });
    return this.file(name);
  }

  /** Lets another process train here. */
  release(): void {
    this.#lock.release();
  }

  /** Takes back `create` when training never began, so that the next try finds the folder free. */
  discardUnlessBegun(): void {
    if (!existsSync(this.file('metrics.jsonl'))) rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * Keeps a second process from training into the same folder.
 * @throws InputError that names the process which trains there
 */
export function takeRunLock(path: string): FileLock {
  const lock = FileLock.tryTake(path);
  if (lock) return lock;
  const holder = lockHolder(path);
  throw new InputError(
    `${holder ? `Process ${holder}` : 'Another process'} is training into this folder (${path}): wait for it, or stop it first.`,
  );
}

function refuseRun(path: string): void {
  if (!existsSync(join(path, 'config.yaml'))) return;
  throw new UsageError(
    `${path} already holds a run; go on with it by the option resume, or name another folder by the option run.`,
  );
}

/** True for a folder that holds a run. */
export function isRun(path: string): boolean {
  return existsSync(join(path, 'config.yaml')) && existsSync(join(path, 'checkpoints'));
}

/**
 * The hub folder that `source` stands for: a run's best checkpoint (its last one before the first
 * evaluation), or `source` itself when it is a hub folder or a name on the hub such as `org/name`.
 */
export function weightsOf(source: string): string {
  if (isRun(source)) {
    const checkpoint = ['best', 'last'].map((name) => usableFolder(join(source, 'checkpoints', name))).find(Boolean);
    if (checkpoint) return checkpoint;
    throw new InputError(`The run ${source} has no checkpoint yet; train it further by the option resume.`);
  }
  if (existsSync(join(source, 'config.json')) || isHubName(source)) return source;
  throw new InputError(`Expected a run folder, a hub folder or a hub name (org/name), found ${entryKind(source)}.`);
}

/** `models/my-run` looks like a name on the hub: where its parent folder exists here it is a path, so that a typing error does not ask the hub. */
function isHubName(source: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(source) && !existsSync(dirname(source));
}

function entryKind(path: string): string {
  return existsSync(path)
    ? `${path}, which has neither config.yaml nor config.json`
    : `"${path}", which does not exist`;
}

/** The final metrics of a finished run, undefined before its end. */
export function readFinalMetrics(path: string): unknown {
  const file = join(path, 'metrics.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
