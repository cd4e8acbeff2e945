import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { LineOutput, type OutputOptions } from '../../../ts/cli/launch/line-output';
import type { Round } from '../../../ts/cli/launch/round';

describe('the output of processes', () => {
  const { isTTY } = process.stderr;
  const { TERM } = process.env;
  const write = process.stdout.write.bind(process.stdout);
  afterEach(() => {
    Object.assign(process.stderr, { isTTY });
    Object.assign(process.stdout, { write });
    process.env.TERM = TERM ?? '';
  });

  function output(options: Partial<OutputOptions>, firstRank = 0, onTerminal = true): LineOutput {
    Object.assign(process.stderr, { isTTY: onTerminal });
    process.env.TERM = 'xterm';
    return new LineOutput({ logDir: null, localRanks: null, ...options }, { firstRank, number: 0 } as Round);
  }

  it('is drawn by rank 0 itself on a terminal, for its bar', () => {
    assert.equal(output({}).drawsItself(0), true);
    assert.equal(output({}).drawsItself(1), false);
  });

  it('is shown by the launcher elsewhere, where it is logged, where it is not asked for, and on other nodes', () => {
    assert.equal(output({}, 0, false).drawsItself(0), false);
    assert.equal(output({ logDir: '/logs' }).drawsItself(0), false);
    assert.equal(output({ localRanks: [1] }).drawsItself(0), false);
    assert.equal(output({}, 2).drawsItself(0), false);
  });

  it('is shown with the rank before each line, whatever pieces it comes in, but for ranks that are not asked for', async () => {
    let shown = '';
    const lines = output({ localRanks: [1] });
    const [first, second] = [new PassThrough(), new PassThrough()];
    Object.assign(process.stdout, { write: (text: string) => (shown += text) });
    lines.show(first, 'stdout', 0, 4);
    lines.show(second, 'stdout', 1, 5);
    first.end('not shown\n');
    second.write('one\ntw');
    second.end('o\n');
    while (!shown.includes('two\n')) await turn();
    Object.assign(process.stdout, { write });
    assert.equal(shown, '[rank5] one\n[rank5] two\n');
  });
});
