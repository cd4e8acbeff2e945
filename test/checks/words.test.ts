import assert from 'node:assert/strict';
import { checkWords } from '../../scripts/checks/words';
import { inRepository, repository } from './fixture';

describe('the check of words', () => {
  it('finds a retired word in what is declared: variables, members, types, parts of a name', () => {
    const files = {
      'ts/a.ts':
        'const place = 1;\nclass A { #answers = [place]; }\ninterface VocPicture { x: number }\nfunction f({ plainText }) {}\n',
    };
    assert.deepEqual(inRepository(files, checkWords), [
      'ts/a.ts:1 declares place: say index, position, location or device for "place".',
      'ts/a.ts:2 declares #answers: say prediction, result or reply for "answer".',
      'ts/a.ts:3 declares VocPicture: say image for "picture".',
      'ts/a.ts:4 declares plainText: say what it is without: unboxed, dense, solid for "plain".',
    ]);
  });

  it('finds one in the name of a file, of C++ and Python too', () => {
    const files = { 'ts/tasks/pictures.ts': '', 'native/lane.cc': '', 'bench/duel.py': '' };
    assert.deepEqual(
      inRepository(files, checkWords).map((line) => line.split(' ')[0]),
      ['bench/duel.py', 'native/lane.cc', 'ts/tasks/pictures.ts'],
    );
  });

  it('takes replace, placeholder, inPlace and isPlainObject, and what others have named', () => {
    const files = {
      'ts/replace-file.ts':
        'const placeholder = 1, replaced = 2, inPlace = 3, isPlainObject = 4; them.place(); const { index } = them.plain;\n',
    };
    assert.deepEqual(inRepository(files, checkWords), []);
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkWords(repository), []);
  });
});
