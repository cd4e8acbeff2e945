/**
 * Changes the code in small ways, one at a time, and says which changes no test noticed. A sample, since all take days:
 *
 *     make mutants                        about an hour on two cores
 *     make mutants SHARE=0.02 SEED=7      another share of the lines, other ones
 *     make mutants FOLDERS=ts/train       of these folders or files alone
 *     make mutants FOLDERS=ts/tasks/vocdet/report.ts SHARE=1 TESTS=test/tasks/vocdet/report.test.ts
 *                                         by these tests alone, in a minute; by all tests fewer may survive
 *
 * StrykerJS makes the mutants and runs the tests that reach each. The whole report is build/mutants/report.json.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Rng } from '../../ts/data/rng';

const ROOT = join(__dirname, '../..');
const OUT = join(ROOT, 'build/mutants');
/** Lines that are drawn together, so that a function is seen as a whole more often than not. */
const WINDOW = 12;
const FOLDERS = ['ts/train', 'ts/tasks', 'ts/data', 'ts/optim', 'ts/vision'];

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'CompileError' | 'RuntimeError' | 'Ignored';
  readonly location: { readonly start: { readonly line: number } };
}

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

function sourceFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    folder.endsWith('.ts')
      ? [folder]
      : readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'index.ts')
          .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
          .sort(),
  );
}

/** The drawn windows of lines, as StrykerJS takes them. */
function sample(files: readonly string[], share: number, seed: number): string[] {
  const rng = new Rng(seed, 0, 0);
  return files.flatMap((file) => {
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n').length;
    const starts = Array.from({ length: Math.ceil(lines / WINDOW) }, (_, i) => i * WINDOW + 1);
    return starts
      .filter(() => rng.uniform() < share)
      .map((start) => `${file}:${start}-${Math.min(start + WINDOW - 1, lines)}`);
  });
}

function configuration(mutate: readonly string[], tests: readonly string[]): object {
  return {
    mutate,
    testRunner: 'mocha',
    plugins: [join(__dirname, 'node_modules/@stryker-mutator/mocha-runner/dist/src/index.js')],
    mochaOptions: {
      'no-config': true,
      require: ['tsx/cjs'],
      spec: tests,
    },
    coverageAnalysis: 'perTest',
    // What runs when a file is loaded, such as a table of constants, would need all tests for each mutant.
    ignoreStatic: true,
    ignorePatterns: [
      '/build',
      '/dist',
      '/models',
      '/runs',
      '/reports',
      '/data/raw',
      '/data/processed',
      '/bench',
      '/native',
    ],
    tempDirName: join(OUT, 'sandbox'),
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: join(OUT, 'report.json') },
    dryRunTimeoutMinutes: 30,
    // The tests use all cores themselves.
    concurrency: 1,
    timeoutMS: 20_000,
    timeoutFactor: 3,
  };
}

function listed(value: string | undefined): string[] | undefined {
  return value ? value.split(/[ ,]+/) : undefined;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** Killed of all that could be: a mutant that does not run says nothing. */
function printScores(report: Report, folders: readonly string[]): void {
  for (const folder of folders) {
    const mutants = Object.entries(report.files)
      .filter(([file]) => file === folder || file.startsWith(`${folder}/`))
      .flatMap(([, { mutants }]) => mutants);
    const count = (...statuses: Mutant['status'][]): number =>
      mutants.filter(({ status }) => statuses.includes(status)).length;
    const killed = count('Killed', 'Timeout');
    const survived = count('Survived', 'NoCoverage');
    console.log(`${folder.padEnd(12)} ${killed} of ${killed + survived} killed, ${percent(killed, killed + survived)}`);
  }
}

function printSurvivors(report: Report): void {
  for (const [file, { mutants }] of Object.entries(report.files)) {
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
    for (const { status, mutatorName, replacement, location } of mutants) {
      if (status !== 'Survived' && status !== 'NoCoverage') continue;
      const { line } = location.start;
      const change = replacement?.replace(/\s+/g, ' ').slice(0, 60) ?? '';
      console.log(`${file}:${line} ${mutatorName} -> ${change}    of    ${lines[line - 1]!.trim()}`);
    }
  }
}

const share = Number(process.env['SHARE'] || 0.05);
const seed = Number(process.env['SEED'] || 1);
const folders = listed(process.env['FOLDERS']) ?? FOLDERS;
const tests = listed(process.env['TESTS']) ?? FOLDERS.map((folder) => `${folder.replace(/^ts/, 'test')}/**/*.test.ts`);
if (!(share > 0 && share <= 1)) throw new RangeError(`Expected SHARE to be above 0 and at most 1, found ${share}.`);
const mutate = sample(sourceFiles(folders), share, seed);
console.log(`${mutate.length} pieces of ${WINDOW} lines (SHARE=${share} SEED=${seed})`);

mkdirSync(OUT, { recursive: true });
const file = join(OUT, 'stryker.json');
writeFileSync(file, JSON.stringify(configuration(mutate, tests), null, 2));
const { status } = spawnSync(join(__dirname, 'node_modules/.bin/stryker'), ['run', file], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, TORCHTS_ADDON: join(ROOT, 'build/Release/torchts.node') },
});
if (status !== 0) process.exit(status ?? 1);
const report = JSON.parse(readFileSync(join(OUT, 'report.json'), 'utf8')) as Report;
printSurvivors(report);
printScores(report, folders);
