import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { InputError } from '../../errors';
import { DownloadError } from '../../native/download';
import type { FetchJob } from './fetch-checked';
import type { Order, Reply } from './fetch-child';

const FILE = require.resolve('./fetch-child');
/** What this process was told of networks, for both ask the same servers. */
const OF_NETWORKS =
  /^--((use-(system|openssl|bundled)-ca|tls-(min|max)-v[\d.]+)$|(dns-result-order|tls-cipher-list|max-http-header-size|openssl-config)=)/;
/** In the repository the sources run as they are. */
const EXEC_ARGV = [
  ...process.execArgv.filter((option) => OF_NETWORKS.test(option)),
  ...(FILE.endsWith('.ts') ? ['--require', require.resolve('tsx/cjs')] : []),
];

interface Pending {
  readonly label: string;
  fulfil(): void;
  reject(error: unknown): void;
}

/**
 * Fetches files in a process of its own, which begins with the first of them. A thread would not do: those of libuv, which read and
 * write for all threads of a process, are busy with whole batches of images.
 */
export class FetchProcess {
  #child: ChildProcess | undefined;
  #isClosed = false;
  #count = 0;
  readonly #pending = new Map<number, Pending>();

  /** @throws DownloadError or InputError as `fetchChecked` does; the reason of the signal when it is aborted */
  async fetch(job: FetchJob, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw failureOf(job.remote.label, CLOSED);
    const child = (this.#child ??= this.#begin());
    const id = ++this.#count;
    const abort = (): void => void child.send({ type: 'abort', id } satisfies Order);
    signal?.addEventListener('abort', abort);
    // What is fetched keeps this process; one that waits does not.
    if (this.#pending.size === 0) child.channel?.ref();
    try {
      await new Promise<void>((fulfil, reject) => {
        this.#pending.set(id, { label: job.remote.label, fulfil, reject });
        child.send({ type: 'fetch', id, job } satisfies Order);
      });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#pending.delete(id);
      if (this.#pending.size === 0) child.channel?.unref();
    }
  }

  /** Ends the process for good; what it still fetches fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    this.#child = undefined;
    this.#failAll(CLOSED);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.ref();
    if (child.connected) child.disconnect();
    await ended;
  }

  #begin(): ChildProcess {
    const child = fork(FILE, [], { execArgv: EXEC_ARGV, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.unref();
    child.channel?.unref();
    child.on('message', ({ id, failure }: Reply) => {
      const pending = this.#pending.get(id);
      if (failure) pending?.reject(errorOf(failure, pending.label));
      else pending?.fulfil();
    });
    const fail = (reason: string): void => {
      if (this.#child !== child) return; // it was ended
      this.#child = undefined;
      this.#failAll(`the process for it failed, ${reason}`);
    };
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code, signal) => fail(`it ended with ${signal ?? `the code ${code}`}`));
    return child;
  }

  #failAll(reason: string): void {
    for (const { label, reject } of this.#pending.values()) reject(failureOf(label, reason));
  }
}

const CLOSED = 'its dataset was closed';

function failureOf(label: string, reason: string): InputError {
  return new InputError(`${label} could not be fetched: ${reason}.`);
}

function errorOf({ kind, message, status }: NonNullable<Reply['failure']>, label: string): Error {
  if (kind === 'download') return new DownloadError(message, label, { status });
  return kind === 'input' ? new InputError(message) : new Error(message);
}
