import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { libtorchFromPack, packForOffline } from '../../../ts/native/libtorch/ensure';
import { LIBTORCH_VERSION } from '../../../ts/native/package';
import { writeZip } from '../../data/zip-writer';
import { damaged, Machine } from './machine';

describe('an offline pack', () => {
  let machine: Machine;
  let pack: string;
  beforeEach(() => {
    machine = new Machine();
    machine.wheel();
    process.env.TORCHTS_INDEX = machine.wheels;
    pack = join(machine.root, 'pack.zip');
  });
  afterEach(() => machine.restore());

  const platform = `${process.platform}-${process.arch}`;
  const withContents = (changes: object): string => {
    const contents = { format: 1, libtorch: LIBTORCH_VERSION, flavour: 'cpu', platform, archives: [], ...changes };
    writeFileSync(pack, writeZip({ 'torchts-offline.json': JSON.stringify(contents) }));
    return pack;
  };

  it('holds what libtorch is unpacked from, for a machine without a network', async () => {
    await packForOffline(pack);
    assert.deepEqual(
      readdirSync(machine.root).filter((name) => name.includes('pack')),
      ['pack.zip'],
    );
    process.env.XDG_CACHE_HOME = join(machine.root, 'other');
    delete process.env.TORCHTS_INDEX;
    const found = await libtorchFromPack(pack);
    assert.deepEqual([found.version, found.flavour, found.source], [LIBTORCH_VERSION, 'cpu', 'cache']);
    assert.ok(found.folder.startsWith(join(machine.root, 'other')) && existsSync(join(found.folder, 'include')));
    assert.deepEqual(readdirSync(join(machine.root, 'other', 'torchts', 'downloads')), []);
    const small = await libtorchFromPack(pack, { headers: false });
    assert.ok(!existsSync(join(small.folder, 'include')));
  });

  it('is refused in one sentence where it is damaged or cut', async () => {
    await packForOffline(pack);
    const whole = readFileSync(pack);
    writeFileSync(pack, damaged(Buffer.from(whole), '#pragma once'));
    await assert.rejects(libtorchFromPack(pack), {
      name: 'InputError',
      message: new RegExp(
        `^${pack} is damaged: torch-\\S+ has sha256 [0-9a-f]{64}, expected [0-9a-f]{64}; copy the pack again\\.$`,
      ),
    });
    writeFileSync(pack, whole);
    truncateSync(pack, whole.length - 40);
    await assert.rejects(libtorchFromPack(pack), {
      message: `${pack} is no offline pack of torchts, or it was cut: make one with \`torchts setup --offline-pack\` and copy it whole.`,
    });
    assert.ok(!existsSync(join(machine.cache, `libtorch-${LIBTORCH_VERSION}-cpu`)));
  });

  it('is refused where it is something else, or not there', async () => {
    writeFileSync(pack, writeZip({ 'torch/lib/libc10.so': 'code' }));
    await assert.rejects(libtorchFromPack(pack), /is no offline pack of torchts/);
    await assert.rejects(libtorchFromPack(join(machine.root, 'none')), {
      message:
        /^The offline pack cannot be read: \S+none: there is no such file or folder \(ENOENT\); check its path\.$/,
    });
    await assert.rejects(
      libtorchFromPack(withContents({ archives: [{ name: 'torch.whl', bytes: 1, sha256: '' }] })),
      /is damaged: a part of it is missing; copy the pack again\.$/,
    );
  });

  it('is refused for another machine, version, flavour or format', async () => {
    for (const [changes, reason] of [
      [
        { platform: 'plan9-x64' },
        `is for plan9-x64, and this machine is ${platform}: make the pack on a machine of that kind.`,
      ],
      [
        { libtorch: '2.12.0' },
        `holds libtorch 2.12.0, and this torchts takes ${LIBTORCH_VERSION}: make the pack with this version of torchts.`,
      ],
      [{ format: 2 }, 'has format 2, and this torchts reads 1: make the pack with this version of torchts.'],
    ] as const)
      await assert.rejects(libtorchFromPack(withContents(changes)), { message: `${pack} ${reason}` });
    await assert.rejects(
      libtorchFromPack(withContents({}), { flavour: 'cu130' }),
      /holds the flavour cpu, not cu130: leave out the flavour, or make the pack with `torchts setup --flavour cu130 --offline-pack`\.$/,
    );
  });

  it('is not written where that cannot be, in one sentence', async () => {
    await assert.rejects(packForOffline('/no/such/folder/pack.zip'), {
      message:
        /^\/no\/such\/folder: there is no such file or folder \(ENOENT\)\. The offline pack goes to \/no\/such\/folder\/pack\.zip by way of the cache \S+; both need a folder that can be written, with 3 GB free\.$/,
    });
    const taken = join(machine.root, 'taken');
    machine.write(taken, { 'pack.zip/a': '' });
    await assert.rejects(packForOffline(join(taken, 'pack.zip')), /\(EISDIR\)\. The offline pack goes to/);
    assert.deepEqual(readdirSync(taken), ['pack.zip']);
  });
});
