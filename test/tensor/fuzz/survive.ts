/** Runs the fuzzer in processes of its own and says which operators end or stop them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binding } from '../../../ts/native/binding';
import { OVERLOADS } from '../../../ts/tensor/generated/overloads';
import { camelCase } from '../../../ts/tensor/operators/schema';
import * as library from '../../../ts/torch';
import { HANGS } from './watchdog';

export interface FuzzOptions {
  readonly seed: number;
  /** Calls an operator. */
  readonly calls: number;
  /** Through `torch.ops`, the typed surface that is made from the schemas, or what is written by hand. @default 'ops' */
  readonly way?: 'ops' | 'surface' | 'hand';
}

/** Operators a process. */
const PART = 500;
/** Seconds a process; what hangs is ended by its own watchdog long before. */
const SECONDS = 3600;
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
  return OVERLOADS.flatMap(([name, , overloads]) =>
    overloads.split(' ').map((overload) => `aten::${name}${overload && `.${overload}`}`),
  );
}

/** They end or hold up the process by design, change it for all calls that follow, serve messages alone, or are no functions to call. */
const LEFT_ALONE =
  /^(torch\.(allowUnchecked|collectGarbage|findLeaks|recordOrigins|setMemoryWatermark|setNumThreads|useDeterministicAlgorithms|setFlushDenormal|setRngState|traceScript|loadScript|ops|[A-Z]\w*)|Tensor\.(constructor|dispose)|nn\.(Module|Parameter|register\w+)|optim\.(Optimizer|\w*LR\w*|[a-z]\w*))$/;

/** What the library exports beside the operators: `torch.scope`, `Tensor.index`, `nn.functional.pad`, `nn.Linear`, `optim.Adam`. */
export function allByHand(): string[] {
  const generated = new Set(OVERLOADS.map(([name]) => camelCase(name)));
  const functions = (space: object, prefix: string): string[] =>
    Object.entries(space)
      .filter(([, value]) => typeof value === 'function')
      .map(([key]) => `${prefix}.${key}`);
  const methods = Object.entries(Object.getOwnPropertyDescriptors(library.Tensor.prototype))
    .filter(([, { value }]) => typeof value === 'function')
    .map(([key]) => `Tensor.${key}`);
  const { fft, linalg, nn, optim, special } = library;
  return [
    ...functions(library, 'torch'),
    ...methods,
    ...functions(fft, 'fft'),
    ...functions(linalg, 'linalg'),
    ...functions(special, 'special'),
    ...functions(nn.functional, 'nn.functional'),
    ...functions(nn.init, 'nn.init'),
    ...functions(nn, 'nn'),
    ...functions(optim, 'optim'),
  ].filter((name) => !generated.has(name.replace(/^(torch|Tensor)\./, '')) && !LEFT_ALONE.test(name));
}

/** One sentence for each operator that ended a process, hung, or threw what is no TorchError. */
export function survive(operators: readonly string[], options: FuzzOptions): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'torchts-fuzz-')); // some operators write files
  const parts = Array.from({ length: Math.ceil(operators.length / PART) }, (_, i) =>
    operators.slice(i * PART, (i + 1) * PART),
  );
  const failures = parts.flatMap((part) => failuresOf(part, options, folder));
  rmSync(folder, { recursive: true, force: true });
  return failures;
}

function failuresOf(operators: readonly string[], { seed, calls, way = 'ops' }: FuzzOptions, folder: string): string[] {
  const failures: string[] = [];
  for (let todo = operators; todo.length > 0;) {
    const args = ['--import', require.resolve('tsx'), join(__dirname, 'program.ts'), `${seed}`, `${calls}`, way];
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const { stdout, stderr, status, signal, error } = spawnSync('sh', ['-c', LIMITED, process.execPath, ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
      input: todo.join('\n'),
      timeout: SECONDS * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 28,
    });
    const lines = stdout.trimEnd().split('\n');
    const last = lines.at(-1)!;
    if (last === 'done') break;
    const cause =
      error || stderr.includes(HANGS)
        ? HANGS
        : (signal ??
          `exit code ${status}: ${
            stderr
              .trim()
              .split('\n')
              .find((line) => /Error/.test(line)) ?? ''
          }`);
    failures.push(`${last}: ${cause}`);
    todo = todo.slice(todo.indexOf(last) + 1 || todo.length);
  }
  return failures;
}
