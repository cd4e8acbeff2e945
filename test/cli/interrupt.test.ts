import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

const MODULE = JSON.stringify(join(__dirname, '../../ts/cli/interrupt.ts'));

describe('an interruptible command', () => {
  /** Runs `body` after `interruptible` in a process of its own; tells what it printed and how it ended. */
  const run = async (body: string, signals: NodeJS.Signals[]) => {
    const code = `const { signal } = require(${MODULE}).interruptible((name) => console.log('asked by ' + name)); console.log('ready'); ${body}`;
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += String(chunk);
      if (signals.length > 0 && /\n$/.test(stdout)) child.kill(signals.shift());
    }
    const [code_, signal] =
      child.exitCode === null && child.signalCode === null
        ? await once(child, 'exit')
        : [child.exitCode, child.signalCode];
    return { stdout, code: code_ as number | null, signal: signal as string | null };
  };

  it('hears of the first signal', async () => {
    const { stdout, code } = await run(`setInterval(() => signal.aborted && process.exit(7), 5)`, ['SIGTERM']);
    assert.equal(stdout, 'ready\nasked by SIGTERM\n');
    assert.equal(code, 7);
  });

  it('ends at once at the second, busy or not', async () => {
    const { signal } = await run(`setInterval(() => { if (signal.aborted) for (;;); }, 5)`, ['SIGINT', 'SIGINT']);
    assert.equal(signal, 'SIGINT');
  });

  it('hears of a terminal that was closed, which counts once however often it is told', async () => {
    const { stdout, code } = await run(
      `let end; setInterval(() => { if (!signal.aborted) return; console.log('saving'); end ??= setTimeout(() => process.exit(7), 500); }, 100)`,
      ['SIGHUP', 'SIGHUP', 'SIGHUP'],
    );
    assert.match(stdout, /^ready\nasked by SIGHUP\n(saving\n)+$/);
    assert.equal(code, 7);
  });

  it('outlives its terminal under nohup', async () => {
    const code = `const { signal } = require(${MODULE}).interruptible(() => {}); console.log('ready'); setTimeout(() => process.exit(signal.aborted ? 7 : 0), 500)`;
    // What nohup makes of standard input.
    const unreadable = openSync('/dev/null', 'w');
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', code], {
      stdio: [unreadable, 'pipe', 'inherit'],
    });
    closeSync(unreadable);
    await once(child.stdout!, 'data');
    child.kill('SIGHUP');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  const CLI = JSON.stringify(join(__dirname, '../../ts/cli/output.ts'));
  const watching = `require(${CLI}).watchOutput(); const { signal } = require(${MODULE}).interruptible(() => {});
    signal.addEventListener('abort', () => setTimeout(() => process.exit(7), 100)); setTimeout(() => process.exit(1), 20_000).unref();`;
  for (const name of ['stdout', 'stderr'] as const) {
    it(`hears of a ${name} that nobody reads any more`, async () => {
      const code = `${watching} setInterval(() => process.${name}.write('line\\n'), 5);`;
      const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', code]);
      await once(child[name], 'data');
      child[name].destroy();
      assert.deepEqual(await once(child, 'exit'), [7, null]);
    });

    it(`hears of a ${name} on a disk that is full`, async function () {
      if (process.platform !== 'linux') return this.skip();
      const full = openSync('/dev/full', 'w');
      try {
        const stdio = ['ignore', name === 'stdout' ? full : 'ignore', name === 'stderr' ? full : 'ignore'] as const;
        const child = spawn(
          process.execPath,
          [
            '--require',
            require.resolve('tsx/cjs'),
            '-e',
            `${watching} process.${name}.write('line'); setInterval(() => {}, 100);`,
          ],
          { stdio: [...stdio] },
        );
        assert.deepEqual(await once(child, 'exit'), [7, null]);
      } finally {
        closeSync(full);
      }
    });
  }
});
