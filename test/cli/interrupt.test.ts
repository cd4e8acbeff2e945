import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MODULE = JSON.stringify(join(__dirname, '../../ts/cli/interrupt.ts'));

describe('an interruptible command', () => {
  /** Runs `body` after `interruptible` in a process of its own; tells what it printed and how it ended. */
  const run = async (body: string, signals: NodeJS.Signals[]) => {
    const code = `const { signal } = require(${MODULE}).interruptible((name) => console.log('asked by ' + name)); console.log('ready'); ${body}`;
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += String(chunk);
      if (signals.length > 0 && /\n$/.test(stdout)) child.kill(signals.shift());
    }
    const [code_, signal] = child.exitCode === null && child.signalCode === null ? await once(child, 'exit') : [child.exitCode, child.signalCode];
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
});
