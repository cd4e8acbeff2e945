/**
 * Runs each test file in a process of its own, some at once, then all of them in one process in a random order, and says what failed:
 *
 *     make test-shuffled             a new order, whose seed is printed
 *     make test-shuffled SEED=17     that order again
 *
 * With arguments, runs those test files instead of all.
 */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { shuffled } from '../ts/data/samplers';

const ROOT = join(__dirname, '..');
const MOCHA = join(ROOT, 'node_modules/mocha/bin/mocha.js');
const AT_ONCE = Math.min(availableParallelism(), 4);
/** They take minutes each, and have a command of their own. */
const LONG = /^test\/(?:leak|release|stress)\//;

function testFiles(): string[] {
  const entries = readdirSync(join(ROOT, 'test'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
  return files.filter((file) => !LONG.test(file)).sort();
}

/** What mocha wrote about failures and its counts, when it did not end with 0. */
function failuresOf(files: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, maxBuffer: 2 ** 30 };
    execFile(process.execPath, [MOCHA, ...files], options, (error, stdout, stderr) => {
      if (!error) return resolve(null);
      const failing = stdout.search(/^ {2}\d+ failing$/m);
      const text = failing >= 0 ? stdout.slice(failing) : `${stdout.slice(-2000)}\n${stderr.slice(-2000)}`;
      resolve(error.signal ? `${text}\nended by ${error.signal}` : text);
    });
  });
}

async function main(files: readonly string[]): Promise<void> {
  const seed = Number(process.env['SEED'] || randomInt(2 ** 31));
  const order = [...shuffled(files.length, { seed, epoch: 0 })].map((index) => files[index]!);
  console.log(`SEED=${seed}: ${files.length} files`);
  let failed = 0;
  const report = (what: string, failures: string | null): void => {
    if (failures === null) return;
    failed++;
    console.log(`${what} fails:\n${failures}`);
  };
  const left = order.values();
  const alone = async (): Promise<void> => {
    for (const file of left) report(`${file} alone`, await failuresOf([file]));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, alone));
  console.log(`${files.length - failed} files pass alone, ${failed} fail`);
  const before = failed;
  report(`The whole suite in the order of SEED=${seed}`, await failuresOf(order));
  console.log(`in the order of SEED=${seed}, all in one process: ${failed === before ? 'passed' : 'failed'}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

const given = process.argv.slice(2);
void main(given.length > 0 ? given : testFiles());
