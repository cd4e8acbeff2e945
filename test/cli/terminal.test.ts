import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { terminalListener } from '../../ts/cli/terminal';

describe('the terminal', () => {
  let output: PassThrough & NodeJS.WriteStream;
  let time: number;
  const terminalName = process.env.TERM;
  const listen = (isTTY: boolean): ReturnType<typeof terminalListener> =>
    terminalListener(Object.assign(output, { isTTY }), () => time);
  const written = (): string => String(output.read() ?? '');

  beforeEach(() => {
    process.env.TERM = 'xterm';
    output = new PassThrough() as PassThrough & NodeJS.WriteStream;
    time = 0;
  });

  afterEach(() => {
    if (terminalName === undefined) delete process.env.TERM;
    else process.env.TERM = terminalName;
  });

  it('says a sentence in a line', () => {
    listen(false).say('Done.');
    assert.equal(written(), 'Done.\n');
  });

  it('writes a line every ten seconds where nobody is watching', () => {
    const bar = listen(false).bar('model.bin');
    for (; time <= 25_000; time += 1000) bar.update(time * 1000, 25e6);
    bar.stop();
    assert.equal(written(), 'model.bin: 10.0 of 25.0 MB\nmodel.bin: 20.0 of 25.0 MB\n');
  });

  it('counts steps and unknown totals as they are', () => {
    const steps = listen(false).bar('compiling', 'steps');
    const bytes = listen(false).bar('pip');
    time = 10_000;
    steps.update(3, 13);
    bytes.update(1.5e6);
    assert.equal(written(), 'compiling: 3 of 13\npip: 1.5 MB\n');
  });

  it('writes no escape codes to a terminal that calls itself dumb', () => {
    process.env.TERM = 'dumb';
    const bar = listen(true).bar('compiling', 'steps');
    time = 10_000;
    bar.update(5, 10);
    bar.stop();
    assert.equal(written(), 'compiling: 5 of 10\n');
  });

  it('draws a bar where somebody is watching, and no share of an unknown total', () => {
    Object.assign(output, { cursorTo() {}, clearLine() {}, moveCursor() {}, columns: 80 });
    const known = listen(true).bar('compiling', 'steps');
    known.update(5, 10);
    known.stop();
    const drawn = written();
    assert.match(drawn, /compiling \[=+-+\] 50% 5 of 10/);
    // A mode of the terminal would outlive an interrupt.
    assert.doesNotMatch(drawn, /\x1b\[\?/);
    const unknown = listen(true).bar('pip');
    unknown.update(1.5e6);
    unknown.stop();
    assert.match(written(), /pip 1\.5 MB(?!.*%)/);
  });
});
