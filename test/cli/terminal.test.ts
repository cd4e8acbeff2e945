import assert from 'node:assert/strict';
import { terminal } from '../../ts/cli/terminal';

describe('the terminal', () => {
  const { write } = process.stderr;
  const { isTTY } = process.stderr;
  const { now } = Date;
  let written: string;

  beforeEach(() => {
    written = '';
    process.stderr.write = (text: string | Uint8Array): boolean => ((written += text), true);
    process.stderr.isTTY = false;
  });
  afterEach(() => {
    process.stderr.write = write;
    process.stderr.isTTY = isTTY;
    Date.now = now;
  });

  it('says a sentence in a line', () => {
    terminal.say('Done.');
    assert.equal(written, 'Done.\n');
  });

  it('writes a line every ten seconds where nobody is watching', () => {
    let time = 0;
    Date.now = () => time;
    const bar = terminal.bar('model.bin');
    for (; time <= 25_000; time += 1000) bar.update(time * 1000, 25e6);
    bar.stop();
    assert.equal(written, 'model.bin: 10.0 of 25.0 MB\nmodel.bin: 20.0 of 25.0 MB\n');
  });

  it('counts steps and unknown totals as they are', () => {
    let time = 0;
    Date.now = () => time;
    const steps = terminal.bar('compiling', 'steps');
    const bytes = terminal.bar('pip');
    time = 10_000;
    steps.update(3, 13);
    bytes.update(1.5e6);
    assert.equal(written, 'compiling: 3 of 13\npip: 1.5 MB\n');
  });
});
