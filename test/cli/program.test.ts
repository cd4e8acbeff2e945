import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';

const MODULE = JSON.stringify(join(__dirname, '../../ts/cli/program.ts'));
const ERRORS = JSON.stringify(join(__dirname, '../../ts/errors.ts'));

describe('a command line', () => {
  it('ends with 0 when done', () => {
    assert.deepEqual(run('', 'go'), { status: 0, stdout: '', stderr: '' });
  });

  it('prints the version of the package', () => {
    assert.deepEqual(run('', '--version'), { status: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it('shows its help on stdout and ends with 0', () => {
    const { status, stdout } = run('', '--help');
    assert.equal(status, 0);
    assert.match(stdout, /Usage: tool \[options\] \[command\]/);
  });

  it('ends with 1 and one sentence when it failed', () => {
    const result = run(`throw new errors.InputError('No such file.')`, 'go');
    assert.deepEqual(result, { status: 1, stdout: '', stderr: 'tool: No such file.\n' });
  });

  it('ends with 2 when the use is wrong', () => {
    assert.deepEqual(run(`throw new errors.UsageError('No such key.')`, 'go'), {
      status: 2,
      stdout: '',
      stderr: 'tool: No such key.\n',
    });
    const unknown = run('', 'go', '--colour');
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /unknown option '--colour'/);
    assert.equal(run('', 'come').status, 2);
  });

  it('prints a stack only with --debug', () => {
    const failure = `throw new TypeError('x is not a function')`;
    const quiet = run(failure, 'go');
    assert.equal(quiet.status, 1);
    assert.doesNotMatch(quiet.stderr, /\n {4}at /);
    assert.match(quiet.stderr, /^tool: x is not a function \(unexpected TypeError; --debug prints where/);
    assert.match(run(failure, 'go', '--debug').stderr, /TypeError: x is not a function\n {4}at /);
  });

  it('ends quietly when nobody reads its output any more', () => {
    const endless = `for (;;) { process.stdout.write('line\\n'); await new Promise((resolve) => setTimeout(resolve, 1)); }`;
    const [node, ...rest] = commandLine(endless, 'go').map((part) => `'${part.replaceAll("'", `'\\''`)}'`);
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; ${[node, ...rest].join(' ')} | head -n 1`],
      { encoding: 'utf8' },
    );
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'line\n', stderr: '' });
  });
});

describe('the output of a command line', () => {
  const quoted = (parts: readonly string[]): string =>
    parts.map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(' ');
  const shell = (line: string): { status: number | null; stdout: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const FULL = {
    status: 1,
    stdout: '',
    stderr: 'tool: The output cannot be written: write: the disk is full (ENOSPC).\n',
  };

  for (const args of [['--help'], ['--version'], ['go', '--help'], ['go']]) {
    it(`on a full disk is an error of one sentence (${args.join(' ')})`, function () {
      if (!existsSync('/dev/full')) {
        this.test!.title += ' (skipped: no /dev/full)';
        this.skip();
      }
      assert.deepEqual(
        shell(`${quoted(commandLine(`process.stdout.write('a result\\n')`, ...args))} > /dev/full`),
        FULL,
      );
    });
  }

  it('that nobody wants is none', () => {
    assert.deepEqual(shell(`${quoted(commandLine(`process.stdout.write('a result\\n')`, 'go'))} >&-`), {
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('keeps the exit code of a failure where the sentence cannot be written', () => {
    const failing = quoted(commandLine(`throw new errors.UsageError('No such key.')`, 'go'));
    assert.equal(shell(`${failing} 2> /dev/full`).status, 2);
    assert.equal(shell(`${failing} 2>&-`).status, 2);
    assert.equal(shell(`set -o pipefail; ${failing} 2>&1 | true`).status, 2);
  });

  it('names path and cause when the system refuses a file', () => {
    const { status, stderr } = run(`require('node:fs').writeFileSync('/dev/null/x', '')`, 'go');
    assert.deepEqual(
      [status, stderr],
      [1, 'tool: /dev/null/x: a part of its path is a file where a folder should be (ENOTDIR).\n'],
    );
  });
});

/** Runs a program whose only command, `go`, does `body`. */
function run(body: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const [node, ...rest] = commandLine(body, ...args) as [string, ...string[]];
  const { status, stdout, stderr } = spawnSync(node, rest, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function commandLine(body: string, ...args: string[]): string[] {
  const script = `
    const { createProgram, runProgram } = require(${MODULE});
    const errors = require(${ERRORS});
    const program = createProgram('tool', 'A tool.');
    program.command('go').action(async () => { ${body} });
    process.argv.splice(1, 0, 'tool');
    runProgram(program);`;
  return [process.execPath, '--require', require.resolve('tsx/cjs'), '-e', script, '--', ...args];
}
