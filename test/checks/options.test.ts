import assert from 'node:assert/strict';
import { checkOptionReaders } from '../../scripts/checks/options';
import { inRepository, repository } from './fixture';

const found = (text: string): string[] => inRepository({ 'ts/nn/a.ts': text }, checkOptionReaders);

describe('the check of options', () => {
  it('finds a function, constructor or method that takes options apart, or reads single ones', () => {
    const message = (line: number, name: string): string =>
      `ts/nn/a.ts:${line} ${name} takes options and lets unknown ones pass: read them by resolveOptions.`;
    assert.deepEqual(found('export function f(x: number, { p = 1 }: FOptions = {}) { return x * p; }'), [
      message(1, 'f'),
    ]);
    assert.deepEqual(found('export function f(options?: FOptions) { return options?.p ?? 1; }'), [message(1, 'f')]);
    assert.deepEqual(
      found(
        'export class A {\n  constructor(options: AOptions = {}) { this.p = options.p; }\n  m({ q = 1 } = {}) { return q; }\n}',
      ),
      [message(2, 'constructor'), message(3, 'm')],
    );
  });

  it('takes those that read them, or pass all of them on', () => {
    const bodies = [
      "const { p } = resolveOptions('f', { p: 1 }, options); return p;",
      "checkOptions('f', options, ['p']); return options.p;",
      'return g(1, options);',
      'return g({ ...options, q: 2 });',
      'const { p, ...rest } = options; return g(p, rest);',
    ];
    for (const body of bodies)
      assert.deepEqual(found(`export function f(options: FOptions = {}) { ${body} }`), [], body);
  });

  it('does not ask it of what is private, internal, or not exported', () => {
    const texts = [
      'function f({ p = 1 } = {}) {}',
      '/** @internal */\nexport function f({ p = 1 } = {}) {}',
      'export class A { private m({ p = 1 } = {}) {} }',
    ];
    for (const text of texts) assert.deepEqual(found(text), [], text);
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkOptionReaders(repository), []);
  });
});
