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

const SECONDS = 240;

/** `namespace::name.overload` of every operator that libtorch registers. */
export function allRegistered(): string[] {
  return binding.schemas().map((schema) => schema.slice(0, schema.indexOf('(')));
}

/** Those that the typed surface offers. */
export function allPublic(): string[] {
  return OVERLOADS.flatMap(([name, , overloads]) => overloads.split(' ').map((overload) => `aten::${name}${overload && `.${overload}`}`));
}

/** One sentence for each operator that ended a process, hung, or threw what is no TorchError. */
export function survive(operators: readonly string[], { seed, calls, surface = false }: FuzzOptions): string[] {
  const failures: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'torchts-fuzz-')); // some operators write files
  for (let todo = operators; todo.length > 0; ) {
    const args = ['--import', require.resolve('tsx'), join(__dirname, 'program.ts'), `${seed}`, `${calls}`, surface ? 'surface' : 'ops'];
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const { stdout, stderr, status, signal, error } = spawnSync(process.execPath, args, {
      cwd: folder, env, encoding: 'utf8', input: todo.join('\n'), timeout: SECONDS * 1000, killSignal: 'SIGKILL', maxBuffer: 1 << 28,
    });
    const lines = stdout.trimEnd().split('\n');
    const last = lines.at(-1)!;
    if (last === 'done') break;
    const cause = error ? `no end after ${SECONDS} s` : signal ?? `exit code ${status}: ${stderr.trim().split('\n').find((line) => /Error/.test(line)) ?? ''}`;
    failures.push(`${last}: ${cause}`);
    todo = todo.slice(todo.indexOf(last) + 1 || todo.length);
  }
  rmSync(folder, { recursive: true, force: true });
  return failures;
}
