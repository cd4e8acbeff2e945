import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readPipConfig } from '../../../ts/native/python-index/pip-config';
import { Machine } from '../libtorch/machine';

describe("pip's configuration", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
    for (const name of Object.keys(process.env)) if (name.startsWith('PIP_')) delete process.env[name];
    process.env.XDG_CONFIG_DIRS = join(machine.root, 'xdg-a') + ':' + join(machine.root, 'xdg-b');
  });
  afterEach(() => machine.restore());

  const write = (folder: string, text: string): string =>
    join(machine.write(join(machine.root, folder), { 'pip.conf': text }), 'pip.conf');

  it('names no index where nobody configured one', () => {
    process.env.PIP_CONFIG_FILE = '/dev/null';
    assert.deepEqual(readPipConfig(), { extraIndexUrls: [], findLinks: [], noIndex: false });
  });

  it('goes on over lines that are indented, and leaves out comments', () => {
    write(
      'home/.config/pip',
      `# ours
[global]
index-url = https://user:secret@index.example/simple
Extra_Index_URL: https://a.example/simple
    https://b.example/simple
; another
find-links =
    /opt/wheels

    file:///opt/more
timeout = 60
[install]
no-index = true
[download]
cert = /etc/own.pem
`,
    );
    const { indexUrl, extraIndexUrls, findLinks, noIndex, cert, timeout } = readPipConfig();
    assert.equal(indexUrl, 'https://user:secret@index.example/simple');
    assert.deepEqual(extraIndexUrls, ['https://a.example/simple', 'https://b.example/simple']);
    assert.deepEqual(findLinks, ['/opt/wheels', 'file:///opt/more']);
    assert.deepEqual([noIndex, cert, timeout], [false, '/etc/own.pem', 60]);
  });

  it('is read from global, user and site files and PIP_CONFIG_FILE, each over those before it, variables over all', () => {
    const index = (name: string): string => `[global]\nindex-url = ${name}\n`;
    const read = (): string | undefined => readPipConfig().indexUrl;
    write('xdg-a/pip', index('global'));
    assert.equal(read(), 'global');
    write('home/.pip', index('legacy'));
    assert.equal(read(), 'legacy');
    write('home/.config/pip', index('user'));
    assert.equal(read(), 'user');
    process.env.VIRTUAL_ENV = join(machine.root, 'venv');
    write('venv', index('site'));
    assert.equal(read(), 'site');
    process.env.PIP_CONFIG_FILE = write('own', '[download]\nno-index = yes\n');
    assert.deepEqual([read(), readPipConfig().noIndex], ['site', true]);
    process.env.PIP_INDEX_URL = 'variable';
    assert.equal(read(), 'variable');
    process.env.PIP_INDEX_URL = '';
    assert.equal(read(), 'site');
  });

  it('prefers the section of pip download', () => {
    write('home/.config/pip', '[download]\nindex-url = b\n[global]\nindex-url = a\n');
    assert.equal(readPipConfig().indexUrl, 'b');
  });

  it('leaves the files of the user alone where PIP_CONFIG_FILE is there, and all files where it is /dev/null', () => {
    write('home/.config/pip', '[global]\nindex-url = user\n');
    process.env.PIP_CONFIG_FILE = write('own', '[global]\ntimeout = 5\n');
    assert.deepEqual([readPipConfig().indexUrl, readPipConfig().timeout], [undefined, 5]);
    process.env.PIP_CONFIG_FILE = join(machine.root, 'absent');
    assert.equal(readPipConfig().indexUrl, 'user');
    process.env.PIP_CONFIG_FILE = '/dev/null';
    assert.equal(readPipConfig().indexUrl, undefined);
  });

  it('is refused in one sentence where it is none', () => {
    const path = write('home/.config/pip', 'index-url = before any section\n');
    assert.throws(() => readPipConfig(), {
      name: 'InputError',
      message: `${path} is no configuration file of pip: line 1 is neither a [section] nor a name = value within one.`,
    });
  });

  it('is what pip itself reads', function () {
    machine.restore();
    const pip = spawnSync('python3', ['-m', 'pip', 'config', 'list'], { encoding: 'utf8' });
    const ours = readPipConfig();
    machine = new Machine();
    if (pip.status !== 0) return this.skip();
    const value = (name: string): string | undefined =>
      (['env', 'download', 'global'] as const)
        .map((section) => new RegExp(`^:?${section}:?\\.${name}='(.*)'$`, 'm').exec(pip.stdout)?.[1])
        .find((found) => found !== undefined);
    const list = (name: string): string[] =>
      value(name)
        ?.split(/\\n|\s+/)
        .filter(Boolean) ?? [];
    assert.equal(ours.indexUrl, value('index-url'));
    assert.deepEqual(ours.extraIndexUrls, list('extra-index-url'));
    assert.deepEqual(ours.findLinks, list('find-links'));
    assert.equal(ours.cert, value('cert'));
  });
});
