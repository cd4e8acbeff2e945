/** The thread that writes checkpoints, as the training sees it. */
import { Worker } from 'node:worker_threads';
import { InputError, TorchError } from '../../errors';
import type { CheckpointPlan } from './plan';
import type { Order, Reply } from './worker';

const FILE = require.resolve('./worker');
/** In the repository the sources run as they are. */
const NODE_OPTIONS = FILE.endsWith('.ts') ? ['--require', require.resolve('tsx/cjs')] : [];

/** A thread without a training is kept so long for the next one. */
const IDLE_MS = 1000;

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** One thread. It keeps the process alive while it has something to do, and only then. */
export class CheckpointWriter {
  static #idle: CheckpointWriter | undefined;
  readonly #thread: Worker;
  readonly #waiting: Waiting[] = [];
  #idleTimer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;

  /** A thread that another training has left, or a new one. @throws Error where the permissions of the process allow none */
  static take(): CheckpointWriter {
    const idle = CheckpointWriter.#idle;
    CheckpointWriter.#idle = undefined;
    if (idle === undefined) return new CheckpointWriter();
    clearTimeout(idle.#idleTimer);
    return idle.#failure === undefined ? idle : new CheckpointWriter();
  }

  private constructor() {
    this.#thread = new Worker(FILE, { execArgv: NODE_OPTIONS });
    this.#thread.unref();
    this.#thread.on('message', (reply: Reply) => this.#settle(({ resolve }) => resolve(reply)));
    this.#thread.on('error', (error) => this.#fail(error.message));
    this.#thread.on('exit', (code) => this.#fail(`it ended with the code ${code}`));
  }

  /** Memory of these sizes, made by the thread. */
  async reserve(sizes: readonly number[]): Promise<readonly SharedArrayBuffer[]> {
    const reply = await this.#ask({ type: 'reserve', sizes });
    return reply.type === 'reserved' ? reply.blocks : [];
  }

  /** Brings a checkpoint to the disk. @throws InputError when the system refuses to write */
  async write(plan: CheckpointPlan, blocks: readonly SharedArrayBuffer[]): Promise<void> {
    const reply = await this.#ask({ type: 'write', plan, blocks });
    if (reply.type === 'failed') throw new (reply.isInput ? InputError : TorchError)(reply.message);
  }

  /** Leaves the thread to the next training, for a while. */
  release(): void {
    if (CheckpointWriter.#idle !== undefined || this.#failure !== undefined || this.#waiting.length > 0) {
      void this.#thread.terminate();
      return;
    }
    CheckpointWriter.#idle = this;
    this.#idleTimer = setTimeout(() => {
      CheckpointWriter.#idle = undefined;
      void this.#thread.terminate();
    }, IDLE_MS).unref();
  }

  /** Orders are done in their order, so replies come in it. */
  #ask(order: Order): Promise<Reply> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#thread.ref();
      this.#thread.postMessage(order);
    });
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#thread.unref();
    if (waiting) how(waiting);
  }

  #fail(reason: string): void {
    this.#failure ??= new TorchError(`The thread that writes checkpoints has failed: ${reason}.`);
    while (this.#waiting.length > 0) this.#settle(({ reject }) => reject(this.#failure!));
  }
}
