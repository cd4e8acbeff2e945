import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import { TorchError } from '../errors';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long the processes of a group may take to end after a signal before they are killed. */
const PATIENCE_MS = 5_000;

/** The work was stopped by a signal, and so was all that it had started. */
export class InterruptedError extends TorchError {
  override readonly code = 'TTS_INTERRUPTED';

  constructor(readonly signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`);
  }

  /** What a shell reports for a process that ended by the signal. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/**
 * Runs a program in a process group of its own, and waits until all of the group that hold its output have ended. A signal
 * that would end this process goes to the whole group first: a build tool that ends alone leaves its compilers running.
 * @param watch called with the process once it is started
 * @returns the exit code; null when it ended by a signal
 * @throws InterruptedError after such a signal, when the group is gone
 * @throws the error of the system when the program cannot be run
 */
export function runInGroup(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  watch: (child: ChildProcess) => void,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, detached: true });
    let interrupted: NodeJS.Signals | undefined;
    let timer: NodeJS.Timeout | undefined;
    const forward = (signal: NodeJS.Signals): void => {
      interrupted ??= signal;
      signalGroup(child, signal);
      timer ??= setTimeout(() => signalGroup(child, 'SIGKILL'), PATIENCE_MS);
    };
    const killAll = (): void => signalGroup(child, 'SIGKILL');
    const stop = (): void => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, forward);
      process.off('exit', killAll);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    process.on('exit', killAll);
    child.on('error', (error) => {
      stop();
      reject(error);
    });
    child.on('close', (code) => {
      stop();
      if (interrupted) reject(new InterruptedError(interrupted));
      else resolve(code);
    });
    watch(child);
  });
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}
