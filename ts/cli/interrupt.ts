import { readFileSync } from 'node:fs';
import { onOutputLost } from './output';

/**
 * An AbortSignal for the first SIGINT, SIGTERM or SIGHUP, and for the loss of standard output or
 * error, or of the process that began this one with a channel to it. A second SIGINT
 * or SIGTERM ends the process at once, also in the middle of a native call, which no JavaScript handler could do; a
 * terminal that is closed gives SIGHUP more than once and lost output beside it, and none of these counts as a second.
 * @param onFirst told why
 */
export function interruptible(onFirst: (reason: string) => void): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const interrupt = (reason: string) => {
    if (controller.signal.aborted) return;
    // Aborted first: telling of it may fail where there is no terminal any more.
    controller.abort(new Error(`stopped by ${reason}`));
    onFirst(reason);
  };
  const end = (name: NodeJS.Signals) => {
    offEnd();
    interrupt(name);
  };
  const offEnd = () => (['SIGINT', 'SIGTERM'] as const).forEach((name) => process.off(name, end));
  (['SIGINT', 'SIGTERM'] as const).forEach((name) => process.on(name, end));
  const hangup = underNohup() ? () => {} : interrupt;
  process.on('SIGHUP', hangup);
  const offOutput = onOutputLost(interrupt);
  const orphaned = () => interrupt('the end of the process that began it');
  process.once('disconnect', orphaned);
  process.channel?.unref(); // to listen does not keep this process alive
  return {
    signal: controller.signal,
    stop() {
      offEnd();
      process.off('SIGHUP', hangup);
      offOutput();
      process.off('disconnect', orphaned);
    },
  };
}

const ACCESS_MODE = 0o3;
const WRITE_ONLY = 0o1;

/**
 * True under `nohup`, whose whole point is to outlive the terminal. Node sets ignored signals back to their default when
 * it starts, so what is left to see of it is standard input: nohup puts a file there that cannot be read.
 */
function underNohup(): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & ACCESS_MODE) === WRITE_ONLY;
  } catch {
    // No /proc, or no standard input.
    return false;
  }
}
