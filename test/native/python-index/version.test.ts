import assert from 'node:assert/strict';
import { compareVersions, isPrerelease, parseVersion, satisfies } from '../../../ts/native/python-index/version';

describe('a version of a Python package', () => {
  // With the cases that the summary of PEP 440 names.
  const ORDERED = [
    '1.0.dev1',
    '1.0a1.dev1',
    '1.0a1',
    '1.0b2',
    '1.0b2.post345.dev456',
    '1.0rc1',
    '1.0',
    '1.0+abc.5',
    '1.0+abc.7',
    '1.0+5',
    '1.0.post456.dev34',
    '1.0.post456',
    '1.0.15',
    '1.1.dev1',
    '2.13.0',
    '2.13.0+cpu',
    '13.1.1.3',
    '1!0.1',
  ];

  it('is ordered as PEP 440 orders it', () => {
    for (const [i, one] of ORDERED.entries())
      for (const [j, other] of ORDERED.entries()) {
        const sign = Math.sign(compareVersions(parseVersion(one)!, parseVersion(other)!));
        assert.equal(sign, Math.sign(i - j), `${one} ${other}`);
      }
  });

  it('is one version in every spelling', () => {
    for (const [one, other] of [
      ['1.0', '1.0.0'],
      ['1.0alpha1', '1.0a1'],
      ['1.0-c1', '1.0rc1'],
      ['1.0-1', '1.0.post1'],
      ['v1.0', '1.0'],
      ['2.13.0+CPU', '2.13.0+cpu'],
      ['1.0+a-b', '1.0+a.b'],
    ])
      assert.equal(compareVersions(parseVersion(one!)!, parseVersion(other!)!), 0, `${one} ${other}`);
  });

  it('is none where the text is none', () => {
    for (const text of ['', 'latest', '1.0+', '1..0', '1.0 beta x']) assert.equal(parseVersion(text), undefined, text);
  });

  it('is let in by a specifier, or not', () => {
    for (const [version, specifier, expected] of [
      ['13.0.3.0', '==13.0.3', true],
      ['13.1.1.3', '==13.1.1.3.*', true],
      ['13.1.1.30', '==13.1.1.3.*', false],
      ['13.4.92', '<14,>=13.0.88', true],
      ['14.0', '<14,>=13.0.88', false],
      ['14.0rc1', '<14', false],
      ['2.13.0+cpu', '==2.13.0', true],
      ['2.13.0+cpu', '==2.13.0+cu130', false],
      ['2.13.0', '==2.13.0+cpu', false],
      ['3.8.5', '~=3.8.0', true],
      ['3.9.0', '~=3.8.0', false],
      ['1.0.post1', '>1.0', false],
      ['1.1', '!=1.0.*', true],
      ['1.0', '', true],
      ['1.0', 'about 1', false],
    ] as const)
      assert.equal(satisfies(parseVersion(version)!, specifier), expected, `${version} ${specifier}`);
  });

  it('tells what is not yet a release', () => {
    assert.deepEqual(
      ['1.0', '1.0.post1', '1.0rc1', '1.0.dev3'].map((text) => isPrerelease(parseVersion(text)!)),
      [false, false, true, true],
    );
  });
});
