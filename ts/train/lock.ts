import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from '../errors';

/**
 * Keeps a second process from training into the same folder.
 *
 * The file holds the owner's process id and start time, so the lock of a killed process is recognised at
 * once: a lease that has to be renewed would outlive a kill and could lapse during a long native step.
 */
export class RunLock {
  private constructor(private readonly path: string) {}

  static take(path: string): RunLock {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (createExclusively(path)) return new RunLock(path);
      const owner = readOwner(path);
      if (owner && isAlive(owner)) {
        throw new InputError(`Process ${owner.pid} is training into this folder (${path}): wait for it, or stop it first.`);
      }
      rmSync(path, { force: true });
    }
    throw new InputError(`Cannot take ${path}: other processes keep creating it.`);
  }

  release(): void {
    rmSync(this.path, { force: true });
  }
}

interface Owner {
  readonly pid: number;
  /** Start time in the kernel's clock ticks, which tells a process from a later one with the same id. */
  readonly started: string | null;
}

function createExclusively(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: startTime(process.pid) } satisfies Owner));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    // Gone again, or cut short by a kill: nobody holds it.
    return undefined;
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startTime(pid) === started;
}

/** Field 22 of /proc/<pid>/stat; null on systems without /proc. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
