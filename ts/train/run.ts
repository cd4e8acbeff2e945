import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { InputError, UsageError } from '../errors';
import { FileLock, lockHolder } from '../native/lock';
import { replaceFile } from '../native/replace-file';
import { recoverFolder, usableFolder } from './atomic';
import { damageIn } from './checksums';
import { readConfigFile } from './config/files';
import type { ConfigTree } from './config/keys';
import type { Processes } from './distributed/processes';
import { isLengthened } from './longer';
import { readState } from './state';

/** File in a run folder that the process which trains there holds. */
export const RUN_LOCK = 'train.lock';

export type CheckpointName = 'last' | 'best' | 'previous';

/**
 * The folder that a training run leaves:
 * `config.yaml`, `metrics.jsonl`, `metrics.json`, `checkpoints/{last,best}/`, and of the tasks `analysis.json`, `samples/`, `report.html`.
 * One process at a time holds it for writing. Of several that train together the first does; what the others write is left out.
 */
export class RunFolder {
  readonly #lock: FileLock | undefined;
  #damage: string | undefined;

  private constructor(
    readonly path: string,
    lock: FileLock | undefined,
    /** Whether the run existed before this process opened it. */
    readonly resumed: boolean,
    /** Those that train into it together; undefined for one process alone. */
    readonly processes: Processes | undefined,
  ) {
    this.#lock = lock;
  }

  /** Whether this process is the one that writes. */
  get isWriter(): boolean {
    return this.#lock !== undefined;
  }

  /** Begins a run in an absent or empty folder. @throws UsageError for another one */
  static create(path: string, config: ConfigTree, processes?: Processes): RunFolder {
    refuseRun(path);
    requireVacant(path);
    mkdirSync(join(path, 'checkpoints'), { recursive: true });
    return RunFolder.#hold(path, { resumed: false, processes }, (run) => {
      // Again, now that nobody else can: another process may have begun, and ended, since.
      refuseRun(path);
      run.write('config.yaml', stringify(config));
    });
  }

  /**
   * Takes up the run in `path`, whatever state a kill left it in.
   * @throws UsageError where there is none, InputError where its checkpoints are damaged
   */
  static reopen(path: string, processes?: Processes): RunFolder {
    if (!existsSync(join(path, 'config.yaml'))) {
      throw new UsageError(`There is no run to resume in ${path}: it has no config.yaml.`);
    }
    return RunFolder.#hold(path, { resumed: true, processes }, (run) => {
      run.#recoverCheckpoints();
      run.#takeSoundCheckpoint();
    });
  }

  /**
   * Opens the run that another process holds, to read what it goes on from.
   * @throws InputError where it cannot be seen from here
   */
  static follow(path: string, resumed: boolean, processes: Processes): RunFolder {
    if (existsSync(join(path, 'config.yaml'))) return new RunFolder(path, undefined, resumed, processes);
    throw new InputError(
      `Expected the run folder ${path} of the first process, found none on the machine of rank ${processes.rank}: ` +
        'name a folder that all machines share.',
    );
  }

  /** Takes the lock, and lets go of it when `prepare` fails. */
  static #hold(
    path: string,
    { resumed, processes }: Pick<RunFolder, 'resumed' | 'processes'>,
    prepare: (run: RunFolder) => void,
  ): RunFolder {
    const run = new RunFolder(path, takeRunLock(join(path, RUN_LOCK)), resumed, processes);
    try {
      prepare(run);
    } catch (error) {
      run.release();
      throw error;
    }
    return run;
  }

  /** Ends what a kill has cut short. */
  #recoverCheckpoints(): void {
    const folder = join(this.path, 'checkpoints');
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const [, checkpoint] = /^(last|previous|best|step-\d+)(?:\.new|\.old)?$/.exec(name) ?? [];
      if (checkpoint !== undefined) recoverFolder(join(folder, checkpoint));
    }
  }

  /**
   * Takes `checkpoints/previous` where the last one is damaged.
   * @throws InputError where both are
   */
  #takeSoundCheckpoint(): void {
    const [last, previous] = (['last', 'previous'] as const).map((name) => this.checkpoint(name)) as [string, string];
    const found = existsSync(last) ? damageIn(last) : existsSync(previous) ? 'it is missing' : undefined;
    if (found === undefined) return;
    const other = existsSync(previous) ? damageIn(previous) : 'it is missing';
    const damage = `${last} is damaged (${found})`;
    if (other !== undefined)
      throw new InputError(`Cannot resume ${this.path}: ${damage}, and so is ${previous} (${other}); start a new run.`);
    rmSync(last, { recursive: true, force: true });
    renameSync(previous, last);
    this.#damage = `${damage}: the checkpoint before it is taken, of step ${readState(last).loop.step}.`;
  }

  /** What is to say of the checkpoint that a resume goes on from, where it is not the last that was written. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** All that the run was begun with. */
  get config(): ConfigTree {
    return readConfigFile(this.file('config.yaml'));
  }

  /** Writes what a resumed run goes on with: how it is saved and logged, and how long it trains, may have changed. One that was finished is so no more. */
  goOn(config: ConfigTree): void {
    if (!this.isWriter) return;
    rmSync(this.file('metrics.json'), { force: true });
    this.write('config.yaml', stringify(config));
  }

  /** True once metrics.json, the last thing that a training writes, is there, unless `config` asks for another length. */
  isFinished(config: ConfigTree): boolean {
    return existsSync(this.file('metrics.json')) && !isLengthened(this.config, config);
  }

  checkpoint(name: CheckpointName): string {
    return join(this.path, 'checkpoints', name);
  }

  /** One of the best checkpoints, by its step. */
  keptCheckpoint(step: number): string {
    return join(this.path, 'checkpoints', `step-${step}`);
  }

  /** The folders of all that `keptCheckpoint` has named and that are there. */
  keptCheckpoints(): string[] {
    const folder = join(this.path, 'checkpoints');
    return readdirSync(folder).flatMap((name) => (/^step-\d+$/.test(name) ? [join(folder, name)] : []));
  }

  has(name: CheckpointName): boolean {
    return existsSync(this.checkpoint(name));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes one file of the run in one piece. */
  write(name: string, text: string): void {
    if (this.isWriter) replaceFile(this.file(name), text);
  }

  /** An empty folder inside the run. */
  emptyFolder(name: string): string {
    rmSync(this.file(name), { recursive: true, force: true });
    mkdirSync(this.file(name), { recursive: true });
    return this.file(name);
  }

  /** Lets another process train here. */
  release(): void {
    this.#lock?.release();
  }

  /** Takes back `create` when training left nothing, neither a line of its log nor a checkpoint: the next try finds the folder free. */
  discardUnlessBegun(): void {
    if (!this.isWriter) return;
    const logged = statSync(this.file('metrics.jsonl'), { throwIfNoEntry: false })?.size ?? 0;
    const checkpoints = ['last', 'best'].filter((name) => usableFolder(join(this.path, 'checkpoints', name)));
    if (logged === 0 && checkpoints.length === 0) rmSync(this.path, { recursive: true, force: true });
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

/** What `create` makes before there is a run may be there: a kill, or a file system without locks, can have left it. */
function requireVacant(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined && path !== '') return;
  const isVacant = (name: string) =>
    name === RUN_LOCK || (name === 'checkpoints' && readdirSync(join(path, name)).length === 0);
  if (stats?.isDirectory() && readdirSync(path).every(isVacant)) return;
  const found =
    path === '' ? 'an empty path' : `${path}, which ${stats?.isDirectory() ? 'holds other files' : 'is a file'}`;
  throw new UsageError(`Expected a new or empty folder for the run, found ${found}; name another by the option run.`);
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
