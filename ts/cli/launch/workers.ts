/** The processes of this node in one round. */
import { spawn, type ChildProcess } from 'node:child_process';
import { LineOutput, type OutputOptions } from './line-output';
import type { Ending, Outcome, Round } from './round';
import { Watchdog } from './watchdog';

export interface WorkerOptions extends OutputOptions {
  /** Processes on this node. */
  readonly nproc: number;
  /** What TORCHELASTIC_MAX_RESTARTS says. */
  readonly maxRestarts: number;
  /** What TORCHELASTIC_RUN_ID says. */
  readonly runId: string;
}

/** How long processes may take to end after SIGTERM before they are killed. */
const PATIENCE_MS = 10_000;

/** Starts the processes of a node, shows what they print, and ends them when one fails. */
export class WorkerGroup {
  readonly #workers: ChildProcess[] = [];
  readonly #watchdog = new Watchdog();
  readonly #output: LineOutput;
  readonly #command: readonly string[];
  readonly #options: WorkerOptions;
  readonly #round: Round;
  #ending = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(command: readonly string[], options: WorkerOptions, round: Round) {
    this.#command = command;
    this.#options = options;
    this.#round = round;
    this.#output = new LineOutput(options, round);
  }

  /**
   * Starts them and waits until all have ended.
   * @throws the error of the system when the program cannot be run
   */
  async run(): Promise<Outcome> {
    const stop = (): void => this.end('SIGTERM');
    this.#round.signal.addEventListener('abort', stop);
    try {
      if (this.#round.signal.aborted) return 'stopped';
      const endings = Array.from({ length: this.#options.nproc }, (_, local) => this.#start(local));
      return await this.#outcome(endings);
    } finally {
      clearTimeout(this.#timer);
      this.#round.signal.removeEventListener('abort', stop);
      this.#watchdog.stop();
      this.#output.close();
    }
  }

  /** Sends all processes a signal, and kills those that do not heed it. */
  end(signal: NodeJS.Signals): void {
    this.#ending = true;
    for (const worker of this.#workers) signalGroup(worker, signal);
    this.#timer ??= setTimeout(() => this.#workers.forEach((worker) => signalGroup(worker, 'SIGKILL')), PATIENCE_MS);
  }

  async #outcome(endings: readonly Promise<Ending>[]): Promise<Outcome> {
    let first: Ending | undefined;
    await Promise.all(
      endings.map(async (ending) => {
        const ended = await ending;
        if (ended.code === 0 || this.#ending) return;
        first = ended;
        this.end('SIGTERM');
      }),
    );
    return first ?? (this.#ending ? 'stopped' : 'succeeded');
  }

  #start(local: number): Promise<Ending> {
    const rank = this.#round.firstRank + local;
    const [program, ...args] = this.#command;
    const child = spawn(program!, args, {
      env: { ...process.env, ...this.#environment(local, rank) },
      stdio: ['ignore', 'pipe', this.#output.drawsItself(local) ? 'inherit' : 'pipe'],
      // A process group of its own, so that what it starts ends with it.
      detached: true,
    });
    this.#workers.push(child);
    if (child.pid !== undefined) this.#watchdog.watch(child.pid);
    this.#output.show(child.stdout!, 'stdout', local, rank);
    if (child.stderr) this.#output.show(child.stderr, 'stderr', local, rank);
    return new Promise((resolve, reject) => {
      child.on('error', (error) => {
        this.end('SIGTERM');
        reject(error);
      });
      child.on('close', (code, signal) => resolve({ rank, code, signal }));
    });
  }

  #environment(local: number, rank: number): Record<string, string> {
    const { nproc, maxRestarts, runId } = this.#options;
    const { number, groupRank, groupWorldSize, worldSize, masterAddr, masterPort } = this.#round;
    return {
      RANK: String(rank),
      LOCAL_RANK: String(local),
      WORLD_SIZE: String(worldSize),
      LOCAL_WORLD_SIZE: String(nproc),
      GROUP_RANK: String(groupRank),
      GROUP_WORLD_SIZE: String(groupWorldSize),
      ROLE_NAME: 'default',
      ROLE_RANK: String(rank),
      ROLE_WORLD_SIZE: String(worldSize),
      MASTER_ADDR: masterAddr,
      MASTER_PORT: String(masterPort),
      TORCHELASTIC_RESTART_COUNT: String(number),
      TORCHELASTIC_MAX_RESTARTS: String(maxRestarts),
      TORCHELASTIC_RUN_ID: runId,
      TORCHELASTIC_USE_AGENT_STORE: 'True',
      // As torchrun: each process would else take a thread for each processor.
      ...(nproc > 1 && process.env.OMP_NUM_THREADS === undefined && { OMP_NUM_THREADS: '1' }),
    };
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
