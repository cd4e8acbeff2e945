import assert from 'node:assert/strict';
import { checkLengths } from '../../scripts/checks/lengths';
import { inRepository, repository } from './fixture';

const lines = (count: number): string => 'x();\n'.repeat(count);

describe('the check of lengths', () => {
  it('takes a file of 400 lines and a function of 80', () => {
    const files = { 'ts/a.ts': lines(400), 'ts/b.ts': `function f() {\n${lines(78)}}\n` };
    assert.deepEqual(inRepository(files, checkLengths), []);
  });

  it('finds a longer file, of C++ too', () => {
    const files = { 'ts/a.ts': lines(401), 'native/a.cc': lines(500) };
    assert.deepEqual(inRepository(files, checkLengths), [
      'native/a.cc has 500 lines, at most 400 fit.',
      'ts/a.ts has 401 lines, at most 400 fit.',
    ]);
  });

  it('finds a longer function, method or arrow', () => {
    const body = `{\n${lines(79)}}`;
    const files = {
      'ts/a.ts': `function f() ${body}`,
      'ts/b.ts': `class A { m() ${body} }`,
      'ts/c.ts': `const f = () => ${body};`,
    };
    assert.deepEqual(
      inRepository(files, checkLengths),
      ['a', 'b', 'c'].map((name) => `ts/${name}.ts:1 is a function of 81 lines, at most 80 fit.`),
    );
  });

  it('does not count generated files', () => {
    assert.deepEqual(
      inRepository({ 'ts/tensor/ops.ts': `// Generated: DO NOT EDIT.\n${lines(5000)}` }, checkLengths),
      [],
    );
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkLengths(repository), []);
  });
});
