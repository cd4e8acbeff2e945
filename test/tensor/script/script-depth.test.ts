import assert from 'node:assert/strict';
import { InputError } from '../../../ts/errors';
import { requireShallow } from '../../../ts/tensor/script/script-depth';

const refuses = (name: string, content: string, message: RegExp): void =>
  assert.throws(
    () => requireShallow([[name, Buffer.from(content, 'latin1')]], 'x.pt'),
    (error) => error instanceof InputError && message.test(error.message),
  );
const takes = (name: string, content: string): void => requireShallow([[name, Buffer.from(content, 'latin1')]], 'x.pt');

describe('the depth of TorchScript', () => {
  const code: Readonly<Record<string, string>> = {
    brackets: `x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
    'brackets that never close': '['.repeat(300),
    'a chain of sums': `x = ${'a + '.repeat(5000)}a`,
    'a chain of signs': `x = ${'-'.repeat(5000)}a`,
    'a chain of words': `x = ${'not '.repeat(5000)}a`,
    'a chain of calls': `x = f${'()'.repeat(5000)}`,
    'a chain of attributes': `x = a${'.b'.repeat(5000)}`,
    blocks: Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}if a:`).join('\n'),
    branches: `if a:\n  x = 1\n${'elif a:\n  x = 1\n'.repeat(2000)}`,
  };
  for (const [name, text] of Object.entries(code))
    it(`is bounded: ${name}`, () =>
      refuses('code/a.py', text, /expected a TorchScript module, found .* in code\/a\.py/));

  it('takes what is long without being deep', () => {
    takes(
      'code/a.py',
      `x = [${'-1.5e-5, '.repeat(20_000)}1]\n${'y = torch.add(x, 1)\n'.repeat(20_000)}# ${'('.repeat(500)}\nz = "${'('.repeat(500)}"\n`,
    );
    takes(
      'code/a.py',
      `class A:\n  def f(self,\n      a: Tensor) -> Tensor:\n    if a:\n      b = torch.f(\n        a)\n    return b\n`.repeat(
        500,
      ),
    );
  });

  it('is bounded in values: containers in containers, by memo too', () => {
    refuses(
      'data.pkl',
      `\x80\x02${')'.repeat(1)}${'\x85'.repeat(5000)}.`,
      /more than 1000 values inside one another in data\.pkl/,
    );
    refuses('data.pkl', `\x80\x02]q\x00${'(h\x00tq\x00'.repeat(5000)}.`, /more than 1000 values/);
    refuses('data.pkl', `\x80\x02${']'.repeat(5000)}${'a'.repeat(4999)}.`, /more than 1000 values/);
    takes('data.pkl', `\x80\x02](${'N'.repeat(50_000)}e.`);
  });
});
