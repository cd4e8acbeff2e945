/**
 * Runs each test file in a process of its own, then all of them in one process in a random order, and says what failed:
 *
 *     make test-shuffled             a new order, whose seed is printed
 *     make test-shuffled SEED=17     that order again
 *
 * With arguments, runs those test files instead of all.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { shuffled } from '../ts/data/samplers';

const ROOT = join(__dirname, '..');
const MOCHA = join(ROOT, 'node_modules/mocha/bin/mocha.js');
/** They take minutes each, and have a command of their own. */
const LONG = /^test\/(?:leak|stress)\//;

function testFiles(): string[] {
  const entries = readdirSync(join(ROOT, 'test'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
  return files.filter((file) => !LONG.test(file)).sort();
}

/** What mocha wrote about failures and its counts, when it did not end with 0. */
function failuresOf(files: readonly string[]): string | null {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [MOCHA, ...files], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status === 0) return null;
  const failing = stdout.search(/^ {2}\d+ failing$/m);
  const text = failing >= 0 ? stdout.slice(failing) : `${stdout.slice(-2000)}\n${stderr.slice(-2000)}`;
  return signal ? `${text}\nended by ${signal}` : text;
}

function main(files: readonly string[]): void {
  const seed = Number(process.env['SEED'] || randomInt(2 ** 31));
  const order = [...shuffled(files.length, { seed, epoch: 0 })].map((index) => files[index]!);
  console.log(`SEED=${seed}: ${files.length} files`);
  let failed = 0;
  const report = (what: string, failures: string | null): void => {
    if (failures === null) return;
    failed++;
    console.log(`${what} fails:\n${failures}`);
  };
  for (const file of order) report(`${file} alone`, failuresOf([file]));
  console.log(`${files.length - failed} files pass alone, ${failed} fail`);
  const alone = failed;
  report(`The whole suite in the order of SEED=${seed}`, failuresOf(order));
  console.log(`in the order of SEED=${seed}, all in one process: ${failed === alone ? 'passed' : 'failed'}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

const given = process.argv.slice(2);
main(given.length > 0 ? given : testFiles());
