import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkVersions, moveVersions } from '../../scripts/release/versions';
import { repository } from './fixture';

const FILES = ['package.json', 'package-lock.json', 'packages', 'docker', 'CHANGELOG.md'];

describe('the version of what is published', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'torchts-version-'));
    for (const name of FILES) cpSync(join(repository, name), join(root, name), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const json = (file: string) =>
    JSON.parse(read(file)) as {
      version: string;
      dependencies: Record<string, string>;
      packages: Record<string, object>;
    };

  it('is one everywhere in this repository', () => assert.deepEqual(checkVersions(repository), []));

  it('is moved by one command, with the heading of the changes', () => {
    const before = read('CHANGELOG.md');
    moveVersions(root, '99.1.0', '2027-01-02');
    for (const file of [
      'package.json',
      'package-lock.json',
      'packages/facecls/package.json',
      'packages/vocdet/package.json',
    ])
      assert.equal(json(file).version, '99.1.0', file);
    assert.equal(json('packages/vocdet/package.json').dependencies['torchts'], '99.1.0');
    assert.deepEqual(Object.entries(json('package-lock.json').packages['']!)[1], ['version', '99.1.0']);
    assert.match(read('docker/cuda.Dockerfile'), /^ARG TORCHTS_VERSION=99\.1\.0$/m);
    assert.equal(
      read('CHANGELOG.md'),
      before.replace('## [Unreleased]\n', '## [Unreleased]\n\n## [99.1.0] - 2027-01-02\n'),
    );
    // Nothing else has changed: what is moved back is what it was.
    for (const file of ['package.json', 'package-lock.json'])
      assert.equal(
        read(file).replaceAll('99.1.0', json(file).version === '99.1.0' ? currentVersion() : ''),
        readFileSync(join(repository, file), 'utf8'),
      );
    assert.deepEqual(checkVersions(root), []);
    assert.throws(() => moveVersions(root, '99.2.0', '2027-01-03'), /CHANGELOG\.md has nothing under Unreleased/);
  });

  it('is moved forward only, to what is one', () => {
    moveVersions(root, '99.1.0-beta.2', '2027-01-02');
    writeFileSync(
      join(root, 'CHANGELOG.md'),
      read('CHANGELOG.md').replace('[Unreleased]\n', '[Unreleased]\n\n- More.\n'),
    );
    for (const version of ['99.1.0-beta.2', '99.1.0-beta.1', '99.0.9', '1.0.0'])
      assert.throws(() => moveVersions(root, version, '2027-01-02'), {
        message: `Expected a version after 99.1.0-beta.2, found ${version}.`,
      });
    for (const version of ['', 'v100.0.0', '100.0'])
      assert.throws(() => moveVersions(root, version, '2027-01-02'), {
        message: `Expected a version such as 0.2.0 or 1.0.0-beta.1, found '${version}'.`,
      });
    moveVersions(root, '99.1.0', '2027-01-02');
  });

  it('that somewhere is another is found', () => {
    writeFileSync(
      join(root, 'docker/cpu.Dockerfile'),
      read('docker/cpu.Dockerfile').replace(currentVersion(), '0.0.9'),
    );
    assert.deepEqual(checkVersions(root), [
      `docker/cpu.Dockerfile names version 0.0.9, and package.json ${currentVersion()}.`,
    ]);
  });
});

function currentVersion(): string {
  return (JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }).version;
}
