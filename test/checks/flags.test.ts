import assert from 'node:assert/strict';
import { sources } from '../../scripts/checks/sources';
import { repository } from './fixture';

const COMMENT = /^\s*(\/\/|\/?\*)/;

describe('the library below the commands', () => {
  const files = sources(repository, ['ts'], ['.ts']);
  const flags = new Set(
    files
      .filter(({ path }) => path.startsWith('ts/cli/'))
      .flatMap(({ text }) => [...text.matchAll(/'(?:-\w, )?--([a-z][a-z-]+)/g)].map(([, name]) => name!)),
  );

  it('names its options in errors, and no flag of a command line', () => {
    assert.ok(flags.has('resume') && flags.has('zero-shot') && flags.size > 20);
    // ts/native tells of whole commands, such as `torchts setup --flavour cu130`, and calls some.
    const library = files.filter(({ path }) => !/^ts\/(cli|native)\//.test(path));
    const named = library.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, i) =>
          COMMENT.test(line)
            ? []
            : [...line.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)]
                .filter(([, name]) => flags.has(name!))
                .map(([flag]) => `${path}:${i + 1} names ${flag}`),
        ),
    );
    assert.deepEqual(named, []);
  });
});
