/** Runs the fuzzer in processes of its own and says which operators end or stop them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binding } from '../../../ts/native/binding';
import { OVERLOADS } from '../../../ts/tensor/generated/overloads';

export interface FuzzOptions {
  readonly seed: number;
  /** Calls an operator. */
  readonly calls: number;
  /** Through the typed surface instead of `torch.ops`. @default false */
  readonly surface?: boolean;
}

/** Operators a process. */
const PART = 500;
/** Seconds a process. */
const SECONDS = 240;
/**
 * Huge sizes are to meet an allocator that refuses, not a system that ends the process to get its memory back. To the system
 * the maps of AddressSanitizer are data as well, so with it the limit is its own (scripts/sanitize.sh).
 */
const LIMITED = `${process.env['ASAN_OPTIONS'] ? '' : 'ulimit -d 6000000; '}exec "$0" "$@"`;

/** `namespace::name.overload` of every operator that libtorch registers. */
export function allRegistered(): string[] {
  return binding.schemas().map((schema) => schema.slice(0, schema.indexOf('(')));
}

/** Those that the typed surface offers. */
export function allPublic(): string[] {
  return OVERLOADS.flatMap(([name, , overloads]) => overloads.split(' ').map((overload) => `aten::${name}${overload && `.${overload}`}`));
}

/** One sentence for each operator that ended a process, hung, or threw what is no TorchError. */
export function survive(operators: readonly string[], options: FuzzOptions): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'torchts-fuzz-')); // some operators write files
  const parts = Array.from({ length: Math.ceil(operators.length / PART) }, (_, i) => operators.slice(i * PART, (i + 1) * PART));
  const failures = parts.flatMap((part) => failuresOf(part, options, folder));
  rmSync(folder, { recursive: true, force: true });
  return failures;
}

function failuresOf(operators: readonly string[], { seed, calls, surface = false }: FuzzOptions, folder: string): string[] {
  const failures: string[] = [];
  for (let todo = operators; todo.length > 0; ) {
    const args = ['--import', require.resolve('tsx'), join(__dirname, 'program.ts'), `${seed}`, `${calls}`, surface ? 'surface' : 'ops'];
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const { stdout, stderr, status, signal, error } = spawnSync('sh', ['-c', LIMITED, process.execPath, ...args], {
      cwd: folder, env, encoding: 'utf8', input: todo.join('\n'), timeout: SECONDS * 1000, killSignal: 'SIGKILL', maxBuffer: 1 << 28,
    });
    const lines = stdout.trimEnd().split('\n');
    const last = lines.at(-1)!;
    if (last === 'done') break;
    const cause = error ? `no end after ${SECONDS} s` : signal ?? `exit code ${status}: ${stderr.trim().split('\n').find((line) => /Error/.test(line)) ?? ''}`;
    failures.push(`${last}: ${cause}`);
    todo = todo.slice(todo.indexOf(last) + 1 || todo.length);
  }
  return failures;
}
