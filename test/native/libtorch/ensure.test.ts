import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../../ts/errors';
import { ensureLibtorch, type EnsureOptions } from '../../../ts/native/libtorch/ensure';
import type { Located } from '../../../ts/native/libtorch/locate';
import { targetOf } from '../../../ts/native/libtorch/unpack';
import type { Listener } from '../../../ts/native/listener';
import { LIBTORCH_VERSION } from '../../../ts/native/package';
import { archiveOf, damaged, libtorchFiles, Machine, torchWheel } from './machine';

describe('getting libtorch', () => {
  let machine: Machine;
  let server: Server;
  let requests: IncomingMessage[];
  let reply: Buffer | undefined;
  let said: string[];

  const site = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = (flavour = 'cpu'): string => join(machine.cache, `libtorch-${LIBTORCH_VERSION}-${flavour}`);
  const listener: Listener = { say: (sentence) => void said.push(sentence), bar: () => ({ update() {}, stop() {} }) };
  /** How often the indexes were asked. */
  const fetches = (): number => said.filter((sentence) => sentence.endsWith('the Python package indexes.')).length;
  const ensure = (options: EnsureOptions = {}): Promise<Located> =>
    ensureLibtorch({ listener, site: site(), ...options });

  beforeEach(async () => {
    machine = new Machine();
    said = [];
    requests = [];
    reply = undefined;
    server = createServer((request, response) => {
      requests.push(request);
      response.writeHead(reply ? 200 : 404).end(reply);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    machine.restore();
  });

  it('unpacks a wheel when the official archive cannot be had, and says so', async () => {
    machine.wheel();
    const found = await ensure();
    assert.deepEqual(found, { folder: folder(), version: LIBTORCH_VERSION, flavour: 'cpu', source: 'cache' });
    assert.match(
      said.join('\n'),
      /Fetching libtorch .* from 127\.0\.0\.1:\d+\.\nNot from 127\.0\.0\.1:\d+: http.* answered 404 Not Found\.\nFetching .* from the Python package indexes\./,
    );
    assert.ok(
      existsSync(join(folder(), 'lib')) &&
        !existsSync(join(folder(), 'lib', 'libtorch_python.so')) &&
        !existsSync(join(folder(), '__init__.py')),
    );
    assert.deepEqual(readdirSync(machine.cache).sort(), [
      'downloads',
      `libtorch-${LIBTORCH_VERSION}-cpu`,
      `libtorch-${LIBTORCH_VERSION}-cpu.sha256`,
    ]);
    assert.deepEqual(readdirSync(join(machine.cache, 'downloads')), []);
  });

  it('fetches nothing the second time', async () => {
    machine.wheel();
    await ensure();
    await ensure();
    assert.equal(fetches(), 1);
    assert.equal(requests.length, 1);
  });

  it('fetches again when forced', async () => {
    machine.wheel();
    await ensure();
    await ensure({ force: true });
    assert.equal(fetches(), 2);
    assert.ok(existsSync(join(folder(), 'torchts.json')) && !existsSync(`${folder()}.old`));
  });

  it('refuses an official archive whose hash is not the pinned one', async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    reply = archiveOf('libtorch', libtorchFiles());
    await assert.rejects(ensure(), /127\.0\.0\.1:\d+: .* has the wrong content: expected sha256 edbf4c/);
    assert.ok(!existsSync(folder()));
  });

  it('takes an official archive whose hash is not known, and records it', async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    reply = archiveOf('libtorch', libtorchFiles(LIBTORCH_VERSION, 'cu129'));
    const found = await ensure({ flavour: 'cu129' });
    assert.equal(found.flavour, 'cu129');
    assert.match(
      readFileSync(`${folder('cu129')}.sha256`, 'utf8'),
      new RegExp(`^[0-9a-f]{64}  libtorch-shared-with-deps-${LIBTORCH_VERSION}\\+cu129\\.zip\n$`),
    );
  });

  it('sends user and password of a mirror to it, and prints neither', async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    await assert.rejects(ensure({ site: site().replace('//', '//me:secret@') }), (error: Error) => {
      assert.match(error.message, /answered 404 Not Found/);
      assert.doesNotMatch(error.message + said.join(), /secret/);
      return true;
    });
    assert.equal(requests[0]!.headers.authorization, `Basic ${Buffer.from('me:secret').toString('base64')}`);
  });

  it('refuses an archive that differs from the recorded one', async () => {
    machine.wheel();
    await ensure();
    rmSync(folder(), { recursive: true });
    machine.wheel(LIBTORCH_VERSION, 'cpu', { 'lib/extra.so': 'other' });
    await assert.rejects(
      ensure(),
      new RegExp(
        `has changed since it was first fetched: sha256 [0-9a-f]{64}, recorded [0-9a-f]{64}; delete .*\\.sha256 if that is right`,
      ),
    );
    assert.ok(!existsSync(folder()));
  });

  it('lists every place when there is none', async () => {
    await assert.rejects(ensure(), (error: Error) => {
      assert.ok(error instanceof InputError);
      const indices = [
        'TORCHTS_LIBTORCH',
        folder(),
        'torch of python3',
        'torch of python',
        new URL(site()).host,
        'the Python package indexes',
      ];
      const listed = error.message
        .split('\n')
        .slice(1, -1)
        .map((line) => line.trim().split(': ')[0]!);
      assert.deepEqual(listed, indices);
      assert.match(error.message, /\n {2}127\.0\.0\.1:\d+: http:\/\/\S+\.zip answered 404 Not Found\.\n/);
      assert.ok(
        error.message.includes(
          `torch ${LIBTORCH_VERSION}+cpu is in no package index (${machine.wheels}: it has no wheel of torch): name one that has it in TORCHTS_INDEX.`,
        ),
      );
      assert.match(error.message, /TORCHTS_INDEX, .* TORCHTS_MIRROR, .* TORCHTS_LIBTORCH; .*--offline-pack.*--from/);
      return true;
    });
  });

  it('says of each location that there is no network to reach it by, and how to do without one', async () => {
    const nowhere = 'http://host.invalid';
    process.env.TORCHTS_INDEX = `${nowhere}/simple`;
    await assert.rejects(ensure({ site: nowhere }), (error: Error) => {
      const unknown = 'the name of its host (?:is not known|could not be looked up) \\(no network, or no DNS\\)';
      assert.match(error.message, new RegExp(`\\(http://host\\.invalid/simple: ${unknown}; `));
      assert.match(
        error.message,
        new RegExp(`\\n {2}host\\.invalid: \\S+\\.zip could not be fetched: ${unknown}\\.\\n`),
      );
      assert.match(
        error.message,
        /for a machine without a network, `torchts setup --offline-pack` on another one makes/,
      );
      return true;
    });
    assert.ok(!existsSync(folder()));
  });

  it('takes libtorch from an index where somebody has named one, before the official archive', async () => {
    machine.wheel();
    process.env.TORCHTS_INDEX = machine.wheels;
    await ensure();
    assert.equal(requests.length, 0);
  });

  it('takes the libraries alone where nothing is to be compiled, and the headers once something is', async () => {
    machine.wheel();
    assert.equal((await ensure({ headers: false })).folder, folder());
    assert.deepEqual(readdirSync(folder()).sort(), ['lib', 'torchts.json', 'version.py']);
    await ensure({ headers: false });
    assert.equal(fetches(), 1);
    await ensure();
    assert.ok(existsSync(join(folder(), 'include', 'ATen')) && existsSync(join(folder(), 'share', 'cmake')));
    await ensure({ headers: false });
    assert.equal(fetches(), 2);
  });

  it('gets another version of libtorch into a folder of its own', async () => {
    machine.wheel('2.14.1');
    const found = await ensure({ version: '2.14.1' });
    assert.deepEqual([found.version, basename(found.folder)], ['2.14.1', 'libtorch-2.14.1-cpu']);
  });

  it('gets another version that torchts is shipped for where no index has the pinned one', async () => {
    machine.wheel('2.14.1', 'cu130');
    const found = await ensure({ flavour: 'cu130' });
    assert.deepEqual([found.version, basename(found.folder)], ['2.14.1', 'libtorch-2.14.1-cu130']);
    // The second time it is there.
    assert.equal((await ensure({ flavour: 'cu130' })).folder, found.folder);
    await assert.rejects(
      ensure(),
      new RegExp(`Error: libtorch ${LIBTORCH_VERSION.replaceAll('.', '\\.')} \\(cpu\\) was found nowhere`),
    );
  });

  it('says in one sentence what to do when the disk is full', async function () {
    const disk = join(machine.root, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]).status !== 0) {
      this.test!.title += ' (skipped: only root can mount a small disk)';
      this.skip();
    }
    try {
      process.env.XDG_CACHE_HOME = disk;
      const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
      writeFileSync(machine.wheel(), torchWheel(LIBTORCH_VERSION, 'cpu', { 'lib/libnoise.so': noise }));
      await assert.rejects(
        ensure(),
        /^InputError: The disk is full: torch-\S+\.whl could not be unpacked into \S+\. libtorch is kept in \S+; set XDG_CACHE_HOME to a folder that can be written, with 3 GB free\.$/,
      );
      reply = Buffer.from(noise);
      await assert.rejects(
        ensure({ flavour: 'cu129' }),
        /^InputError: The disk is full: \S+\.part could not be written\. libtorch is kept in \S+; set XDG_CACHE_HOME to a folder that can be written, with 3 GB free\.$/,
      );
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('does not look further than a wrong TORCHTS_LIBTORCH', async () => {
    machine.wheel();
    process.env.TORCHTS_LIBTORCH = machine.root;
    await assert.rejects(
      ensure(),
      /^InputError: TORCHTS_LIBTORCH \(.*\) is no usable libtorch: lib\/libtorch_cpu\.\w+ is missing; correct or unset the variable\.$/,
    );
    assert.deepEqual(said, []);
  });

  it('leaves nothing of a damaged wheel', async () => {
    writeFileSync(machine.wheel(), damaged(torchWheel(), '#pragma once'));
    await assert.rejects(ensure(), /torch\/include\/ATen\/core\/Tensor\.h is damaged/);
    assert.ok(!existsSync(folder()) && !existsSync(`${folder()}.partial`));
  });

  it('takes the right wheel after a damaged one, and records that', async () => {
    const file = machine.wheel();
    const right = readFileSync(file);
    writeFileSync(file, damaged(torchWheel(), '#pragma once'));
    await assert.rejects(ensure(), /is damaged/);
    assert.ok(!existsSync(`${folder()}.sha256`));
    writeFileSync(file, right);
    await ensure();
    const sha256 = createHash('sha256').update(right).digest('hex');
    assert.equal(readFileSync(`${folder()}.sha256`, 'utf8'), `${sha256}  ${basename(file)}\n`);
  });

  it('takes an official archive after a web page in its place', async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    reply = Buffer.from('<!doctype html><title>Down for maintenance</title>');
    await assert.rejects(
      ensure({ flavour: 'cu129' }),
      /libtorch-shared-with-deps-[\d.]+\+cu129\.zip cannot be unpacked/,
    );
    reply = archiveOf('libtorch', libtorchFiles(LIBTORCH_VERSION, 'cu129'));
    assert.equal((await ensure({ flavour: 'cu129' })).flavour, 'cu129');
  });

  it('keeps the record of what was right while something else comes', async () => {
    machine.wheel();
    await ensure();
    const record = readFileSync(`${folder()}.sha256`, 'utf8');
    rmSync(folder(), { recursive: true });
    writeFileSync(machine.wheel(), damaged(torchWheel(), '#pragma once'));
    await assert.rejects(ensure(), /has changed since it was first fetched/);
    assert.equal(readFileSync(`${folder()}.sha256`, 'utf8'), record);
  });

  it('does not take another version or flavour for the right one', async () => {
    const file = machine.wheel();
    writeFileSync(file, torchWheel('2.12.0'));
    await assert.rejects(ensure(), new RegExp(`holds libtorch 2\\.12\\.0, not ${LIBTORCH_VERSION}`));
    writeFileSync(file, torchWheel(LIBTORCH_VERSION, 'cu130'));
    await assert.rejects(ensure(), /holds the flavour cu130, not cpu: ask for it with `torchts setup --flavour cu130`/);
    assert.ok(!existsSync(folder()));
  });

  it('fetches once for two processes at the same time', async () => {
    machine.wheel();
    const both = await Promise.all([ensure(), ensure()]);
    assert.deepEqual(both[0], both[1]);
    assert.equal(fetches(), 1);
    assert.match(said.join('\n'), /Another process is fetching libtorch into .*; waiting for it\./);
  });

  it('starts over after a process that was killed while it unpacked', async () => {
    // A library that takes a while to write, so that the process can be caught half way.
    const noise = Buffer.from(Uint32Array.from({ length: 6_000_000 }, (_, i) => Math.imul(i, 2654435761)).buffer);
    writeFileSync(machine.wheel(), torchWheel(LIBTORCH_VERSION, 'cpu', { 'lib/libnoise.so': noise }));

    const script = `require(${JSON.stringify(join(__dirname, '../../../ts/native/libtorch/ensure.ts'))}).ensureLibtorch({ site: process.argv[1] })`;
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', script, site()], {
      stdio: 'inherit',
    });
    while (!existsSync(join(`${folder()}.partial`, 'lib', 'libnoise.so'))) await sleep(5);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(!existsSync(folder()));

    // The dead process cannot renew its lock; make it old instead of waiting until it is.
    utimesSync(`${folder()}.lock`, 0, 0);
    await ensure();
    assert.ok(readFileSync(join(folder(), 'lib', 'libnoise.so')).equals(noise));
    assert.ok(!existsSync(`${folder()}.partial`));
  });

  it('replaces a folder that somebody left there without the mark of completion', async () => {
    machine.wheel();
    machine.write(folder(), { 'lib/half.so': '' });
    await ensure();
    assert.ok(!existsSync(join(folder(), 'lib', 'half.so')));
  });

  it('works in a cache that was copied from another machine', async () => {
    machine.wheel();
    await ensure();
    const elsewhere = join(machine.root, 'copy');
    cpSync(machine.cache, join(elsewhere, 'torchts'), { recursive: true });
    process.env.XDG_CACHE_HOME = elsewhere;
    assert.equal((await ensure()).folder, join(elsewhere, 'torchts', `libtorch-${LIBTORCH_VERSION}-cpu`));
    assert.equal(fetches(), 1);
  });
});

describe('where an entry goes', () => {
  it('is the same for official archives and wheels', () => {
    for (const top of ['libtorch', 'torch']) {
      assert.equal(targetOf(`${top}/lib/libc10.so`), 'lib/libc10.so');
      assert.equal(targetOf(`${top}/include/ATen/ATen.h`), 'include/ATen/ATen.h');
    }
    assert.equal(targetOf('libtorch/build-version'), 'build-version');
  });

  it('is nowhere for Python, tests and tools', () => {
    for (const entry of [
      'torch/__init__.py',
      'torch/bin/protoc',
      'torch/test/a',
      'torch/lib/libtorch_python.so',
      'torch/lib/libtorchbind_test.so',
      'torch/lib/libprotobuf.a',
      'torchgen/x',
      'functorch/lib/a',
    ]) {
      assert.equal(targetOf(entry), undefined, entry);
    }
  });

  it('is nowhere for headers where nothing is to be compiled', () => {
    for (const entry of ['torch/include/ATen/ATen.h', 'torch/share/cmake/Torch/TorchConfig.cmake'])
      assert.equal(targetOf(entry, false), undefined, entry);
    assert.equal(targetOf('torch/lib/libgomp.so.1', false), 'lib/libgomp.so.1');
    assert.equal(targetOf('torch/lib/libc10.dylib', false), 'lib/libc10.dylib');
    assert.equal(targetOf('torch/version.py', false), 'version.py');
    assert.equal(targetOf('nvidia/cu13/lib/libcublas.so.13', false), 'lib/libcublas.so.13');
  });
});
