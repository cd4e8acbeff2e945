/** Starts the processes of a job on this node, as torchrun does, and ends with them. */
import { InterruptedError } from '../../native/process-group';
import type { Rendezvous } from './round';
import { WorkerGroup, type WorkerOptions } from './workers';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `command` in each process, round after round, until the rendezvous says that the job is done.
 * @throws InputError naming the process that failed first, when no restarts are left
 * @throws InterruptedError after a signal, when all processes are gone
 */
export async function launch(
  command: readonly string[],
  rendezvous: Rendezvous,
  options: WorkerOptions,
): Promise<void> {
  let workers: WorkerGroup | undefined;
  let interrupted: NodeJS.Signals | undefined;
  let left: Promise<void> | undefined;
  let interrupt: (error: InterruptedError) => void;
  const interruption = new Promise<never>((_, reject) => (interrupt = reject));
  interruption.catch(() => undefined);
  const forward = (signal: NodeJS.Signals): void => {
    interrupted ??= signal;
    left ??= rendezvous.leave(`it was stopped by ${signal}`);
    if (workers) workers.end(signal);
    else interrupt(new InterruptedError(signal));
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  try {
    for (;;) {
      const round = await Promise.race([rendezvous.next(), interruption]);
      if (round === undefined) return;
      workers = new WorkerGroup(command, options, round);
      const outcome = await workers.run();
      workers = undefined;
      if (interrupted) throw new InterruptedError(interrupted);
      await rendezvous.report(outcome);
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward);
    await (left ?? rendezvous.leave('it failed'));
    await rendezvous.close();
  }
}
