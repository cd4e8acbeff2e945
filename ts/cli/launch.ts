/** Starts the processes of a group on this machine, as torchrun does, and ends with them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { TCPStore } from '../distributed';
import { InputError } from '../errors';
import { InterruptedError } from '../native/process-group';

export interface LaunchOptions {
  /** Processes on this machine. */
  readonly nproc: number;
  /** Machines. */
  readonly nnodes: number;
  /** Number of this one among them. */
  readonly nodeRank: number;
  /** Where the processes meet; null lets the launcher choose a port, on a single machine. */
  readonly masterAddr: string;
  readonly masterPort: number | null;
  /** How often all processes are started again after one has failed. */
  readonly maxRestarts: number;
  /** A folder for what each process prints: `<attempt>/<rank>/stdout.log` and `stderr.log`. */
  readonly logDir: string | null;
  /** The processes of this machine whose output is shown; null for all. */
  readonly localRanks: readonly number[] | null;
}

/** How long processes may take to end after SIGTERM before they are killed. */
const PATIENCE_MS = 10_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How one process ended. */
interface Ending {
  readonly rank: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs `command` in each process until all have ended.
 * @param say gets a sentence about a restart
 * @throws InputError naming the process that failed first, when no restarts are left
 * @throws InterruptedError after a signal, when all processes are gone
 */
export async function launch(
  command: readonly string[],
  options: LaunchOptions,
  say: (sentence: string) => void,
): Promise<void> {
  const runId = `${process.pid}`;
  for (let attempt = 0; ; attempt++) {
    const failed = await new Attempt(command, options, attempt, runId).run();
    if (failed === undefined) return;
    const ended = `the process of rank ${failed.rank} ended ${failed.signal === null ? `with exit code ${failed.code}` : `by ${failed.signal}`}`;
    if (attempt === options.maxRestarts)
      throw new InputError(
        `${ended[0]!.toUpperCase()}${ended.slice(1)}${attempt > 0 ? ` after ${attempt} restarts` : ''}; the others were stopped.`,
      );
    say(`${ended}; starting all again (${attempt + 1} of ${options.maxRestarts}).`);
  }
}

/** All processes of this machine, once. */
class Attempt {
  readonly #ranks: ChildProcess[] = [];
  readonly #logs: WriteStream[] = [];
  #watchdog: ChildProcess | undefined;
  #interrupted: NodeJS.Signals | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly #command: readonly string[];
  readonly #options: LaunchOptions;
  readonly #number: number;
  readonly #runId: string;

  constructor(command: readonly string[], options: LaunchOptions, number: number, runId: string) {
    this.#command = command;
    this.#options = options;
    this.#number = number;
    this.#runId = runId;
  }

  /** How the first process that failed has ended; undefined where all have ended well. */
  async run(): Promise<Ending | undefined> {
    const { nproc, nodeRank, masterAddr, masterPort } = this.#options;
    // The launcher has the store: it outlives every process, and the port is one that is free.
    const store =
      nodeRank === 0
        ? await TCPStore.open(masterAddr, masterPort ?? 0, { isMaster: true, waitForWorkers: false })
        : undefined;
    const forward = (signal: NodeJS.Signals): void => {
      this.#interrupted ??= signal;
      this.#end(signal);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    try {
      this.#watchdog = startWatchdog();
      const endings = Array.from({ length: nproc }, (_, local) => this.#start(local, store?.port ?? masterPort!));
      const failed = await this.#firstFailure(endings);
      if (this.#interrupted) throw new InterruptedError(this.#interrupted);
      return failed;
    } finally {
      clearTimeout(this.#timer);
      for (const signal of SIGNALS) process.off(signal, forward);
      this.#watchdog?.stdin?.end('done\n');
      for (const log of this.#logs) log.end();
      await store?.close();
    }
  }

  async #firstFailure(endings: readonly Promise<Ending>[]): Promise<Ending | undefined> {
    let first: Ending | undefined;
    await Promise.all(
      endings.map(async (ending) => {
        const ended = await ending;
        if (ended.code === 0 || first !== undefined) return;
        first = ended;
        if (!this.#interrupted) this.#end('SIGTERM');
      }),
    );
    return first;
  }

  /** Sends all processes a signal, and kills those that do not heed it. */
  #end(signal: NodeJS.Signals): void {
    for (const rank of this.#ranks) signalGroup(rank, signal);
    this.#timer ??= setTimeout(() => this.#ranks.forEach((rank) => signalGroup(rank, 'SIGKILL')), PATIENCE_MS);
  }

  #start(local: number, port: number): Promise<Ending> {
    const { nproc, nodeRank } = this.#options;
    const rank = nodeRank * nproc + local;
    const [program, ...args] = this.#command;
    const child = spawn(program!, args, {
      env: { ...process.env, ...this.#environment(local, rank, port) },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that what it starts ends with it.
      detached: true,
    });
    this.#ranks.push(child);
    if (child.pid !== undefined) this.#watchdog?.stdin?.write(`${child.pid}\n`);
    this.#show(child.stdout, 'stdout', local, rank);
    this.#show(child.stderr, 'stderr', local, rank);
    return new Promise((resolve, reject) => {
      child.on('error', (error) => {
        this.#end('SIGTERM');
        reject(error);
      });
      child.on('close', (code, signal) => resolve({ rank, code, signal }));
    });
  }

  #environment(local: number, rank: number, port: number): Record<string, string> {
    const { nproc, nnodes, nodeRank, masterAddr, maxRestarts } = this.#options;
    const world = String(nproc * nnodes);
    return {
      RANK: String(rank),
      LOCAL_RANK: String(local),
      WORLD_SIZE: world,
      LOCAL_WORLD_SIZE: String(nproc),
      GROUP_RANK: String(nodeRank),
      GROUP_WORLD_SIZE: String(nnodes),
      ROLE_NAME: 'default',
      ROLE_RANK: String(rank),
      ROLE_WORLD_SIZE: world,
      MASTER_ADDR: masterAddr,
      MASTER_PORT: String(port),
      TORCHELASTIC_RESTART_COUNT: String(this.#number),
      TORCHELASTIC_MAX_RESTARTS: String(maxRestarts),
      TORCHELASTIC_RUN_ID: this.#runId,
      TORCHELASTIC_USE_AGENT_STORE: 'True',
      // As torchrun: each process would else take a thread for each processor.
      ...(nproc > 1 && process.env.OMP_NUM_THREADS === undefined && { OMP_NUM_THREADS: '1' }),
    };
  }

  /** Prints the lines of a process with its rank before them, and writes them into its log. */
  #show(stream: Readable, name: 'stdout' | 'stderr', local: number, rank: number): void {
    const { logDir, localRanks } = this.#options;
    const shows = localRanks === null || localRanks.includes(local);
    let log: WriteStream | undefined;
    if (logDir !== null) {
      const folder = join(logDir, String(this.#number), String(rank));
      mkdirSync(folder, { recursive: true });
      log = createWriteStream(join(folder, `${name}.log`));
      this.#logs.push(log);
    }
    createInterface({ input: stream }).on('line', (line) => {
      log?.write(`${line}\n`);
      if (shows) process[name].write(`[rank${rank}] ${line}\n`);
    });
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}

/** Kills the groups that it is told of once its input ends without a word: the launcher was killed then. */
const WATCHDOG = `
const groups = [];
let text = '';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdin.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => {
  const lines = text.split('\\n').filter(Boolean);
  if (lines.at(-1) === 'done') return;
  for (const pid of lines) try { process.kill(-Number(pid), ${constants.signals.SIGKILL}); } catch {}
});`;

function startWatchdog(): ChildProcess {
  const watchdog = spawn(process.execPath, ['-e', WATCHDOG], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // It ends by itself; that it is gone already is seen when it is written to.
  watchdog.stdin.on('error', () => undefined);
  watchdog.on('error', () => undefined);
  watchdog.unref();
  return watchdog;
}
