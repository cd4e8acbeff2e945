import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where and when figures were taken. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Name and driver of each GPU. */
  readonly gpus: readonly string[];
}

export function thisMachine(): Machine {
  return {
    cpu: processor(),
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    gpus: output('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader'])?.split('\n') ?? [],
  };
}

/** The processor's name; where the system tells them its family and model too, for a cloud calls different processors alike. */
function processor(): string {
  const name = cpus()[0]?.model.trim() ?? 'unknown';
  const information = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const [family, model] = ['cpu family', 'model'].map(
    (key) => new RegExp(`^${key}\\s*: (.+)$`, 'm').exec(information)?.[1],
  );
  return family && model ? `${name} (family ${family}, model ${model})` : name;
}

/** Processes that ran or waited to, on average over the last minute. */
export function load(): number {
  return Math.round(loadavg()[0]! * 100) / 100;
}

/** The commit that is measured; `+` behind it says that files were changed since. */
export function commit(folder: string): string | null {
  const hash = output('git', ['-C', folder, 'rev-parse', '--short', 'HEAD']);
  if (!hash) return null;
  const changes = output('git', [
    '-C',
    folder,
    'status',
    '--porcelain',
    '--untracked-files=no',
    '--',
    'ts',
    'native',
    'bench/*.ts',
    'bench/*.py',
  ]);
  return changes ? `${hash}+` : hash;
}

/** What a program prints, without the line end; undefined when it fails or prints nothing. */
function output(program: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? stdout.trim() || undefined : undefined;
}
