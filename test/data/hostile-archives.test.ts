import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import * as npz from '../../ts/data/npz';
import { TarFile } from '../../ts/data/tar';
import { ZipFile } from '../../ts/data/zip';
import { InputError } from '../../ts/errors';
import { writeZip } from './zip-writer';

const refuses = (body: () => unknown, message: RegExp): void =>
  assert.throws(
    body,
    (error) => error instanceof InputError && message.test(error.message) && !error.message.includes('\n'),
  );

/** A zip of one member in which the fields at this distance from its central entry are others. */
function altered(
  fields: Readonly<Record<number, number>>,
  members: Record<string, Buffer> = { 'a.npy': Buffer.alloc(100_000) },
): Buffer {
  const zip = writeZip(members, { deflate: true });
  const entry = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  for (const [at, value] of Object.entries(fields)) zip.writeUInt32LE(value, entry + Number(at));
  return zip;
}

describe('hostile zips', () => {
  it('that declare more than their bytes can hold are refused before anything is allocated', () => {
    refuses(
      () => new ZipFile(altered({ 24: 3_500_000_000 })),
      /a\.npy declares 3500000000 bytes, more than its \d+ packed ones can hold/,
    );
  });

  it('that are made to fill a memory are refused, until more is allowed', () => {
    const bomb = writeZip({ 'a.npy': Buffer.alloc(80 * 2 ** 20) }, { deflate: true });
    refuses(() => npz.load(bomb), /a\.npy unpacks from \d+ to 83886080 bytes, over 200 times as many/);
    assert.equal(new ZipFile(bomb, { maxRatio: 1032 }).members.size, 1);
    const many = writeZip(
      Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.npy`, Buffer.alloc(8 * 2 ** 20)])),
      { deflate: true },
    );
    refuses(() => npz.load(many), /all of it unpacks from/);
  });

  it('whose members lie over one another are refused', () => {
    const zip = writeZip({ 'a.npy': Buffer.alloc(64), 'b.npy': Buffer.alloc(64) });
    const second = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    zip.writeUInt32LE(0, second + 42);
    refuses(() => npz.load(zip), /[ab]\.npy lies over [ab]\.npy/);
    refuses(
      () => new ZipFile(altered({ 42: 200 }, { 'a.npy': Buffer.from('x') })),
      /should end behind|lies over the index/,
    );
  });

  it('whose stored members have two sizes are refused', () => {
    const zip = writeZip({ 'a.npy': Buffer.alloc(64) });
    zip.writeUInt32LE(63, zip.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    refuses(() => new ZipFile(zip), /is stored as it is, yet has 64 bytes of 63/);
  });

  it('that unpack to more than they declare are damaged', () => {
    refuses(() => new ZipFile(altered({ 24: 10 })).readSync('a.npy'), /a\.npy .*is damaged/);
  });

  it('with positions beyond all numbers are damaged', () => {
    const zip = writeZip({ 'a.npy': Buffer.alloc(64) }, { zip64: true });
    const locator = zip.indexOf(Buffer.from('PK\x06\x07', 'latin1'));
    zip.writeBigUInt64LE(2n ** 64n - 1n, locator + 8);
    refuses(() => new ZipFile(zip), /ends before its content does/);
    const wide = writeZip({ 'a.npy': Buffer.alloc(64) }, { zip64: true });
    wide.writeBigUInt64LE(2n ** 64n - 1n, wide.indexOf(Buffer.from('PK\x06\x06', 'latin1')) + 48);
    refuses(() => new ZipFile(wide), /cannot be read as a zip/);
  });

  it('are told of in one line, whatever their names are', () => {
    const zip = writeZip({ [`a\n${'x'.repeat(10_000)}.npy`]: Buffer.alloc(64) });
    zip.writeUInt32LE(63, zip.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    assert.throws(
      () => new ZipFile(zip),
      (error) => error instanceof InputError && !error.message.includes('\n') && error.message.length < 400,
    );
  });

  it('unpack to what zlib makes of them, whatever the sizes of its pieces', async () => {
    for (const size of [0, 1, 63, 64, 65, 16 * 1024, 300_000]) {
      const content = Buffer.from(Array.from({ length: size }, (_, i) => (i * i) & 255));
      const zip = new ZipFile(writeZip({ x: content }, { deflate: true }));
      assert.ok(zip.readSync('x').equals(content) && (await zip.read('x')).equals(content), `${size}`);
    }
    assert.ok(deflateRawSync(Buffer.alloc(0)).length > 0);
  });
});

/** A header of 512 bytes with its checksum. */
function header(name: string, size: string | Buffer, type = '0'): Buffer {
  const block = Buffer.alloc(512);
  block.write(name);
  if (typeof size === 'string') block.write(size, 124, 'latin1');
  else size.copy(block, 124);
  block.write(type, 156);
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  return block;
}

const padded = (text: string): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (Buffer.byteLength(text) % 512)) % 512)]);
const octal = (size: number): string => size.toString(8).padStart(11, '0');
const pax = (record: string): Buffer => Buffer.concat([header('pax', octal(record.length), 'x'), padded(record)]);
const end = Buffer.alloc(1024);
const file = Buffer.concat([header('a', octal(3)), padded('abc')]);

describe('hostile tars', function () {
  this.timeout(5000);

  const sizes: Readonly<Record<string, string | Buffer>> = {
    'octal -512': '-0000001000',
    'octal -1536': '-0000003000',
    'no number': 'abc',
    'not octal': '00000000009',
    'binary -512': Buffer.from('fffffffffffffffffffffe00', 'hex'),
    'binary beyond all numbers': Buffer.from(`80${'ff'.repeat(11)}`, 'hex'),
    'binary of another mark': Buffer.from(`81${'00'.repeat(11)}`, 'hex'),
  };
  for (const [name, size] of Object.entries(sizes)) {
    it(`with a size that is ${name} are refused`, () =>
      refuses(() => new TarFile(Buffer.concat([file, header('b', size), end])), /the size of b is no number of bytes/));
  }

  const records: Readonly<Record<string, string>> = {
    '-512': '13 size=-512\n',
    NaN: '12 size=NaN\n',
    much: '16 size=1e308xx\n',
    empty: '8 size=\n',
  };
  for (const [name, record] of Object.entries(records)) {
    it(`with a pax size that is ${name} are refused`, () =>
      refuses(
        () => new TarFile(Buffer.concat([file, pax(record), header('b', octal(0)), end])),
        /the size of b is no number of bytes/,
      ));
  }

  for (const record of ['NaN path=x\n', '0 path=x\n', '999 path=x\n', '11 path=x', '-5 path=x\n']) {
    it(`with a broken pax record are refused: ${JSON.stringify(record)}`, () =>
      refuses(
        () => new TarFile(Buffer.concat([file, pax(record), file, end])),
        /a record of its pax headers is broken/,
      ));
  }

  it('with names of any length are refused', () => {
    refuses(
      () => new TarFile(Buffer.concat([header('long', octal(2 ** 21), 'L'), Buffer.alloc(2 ** 21, 'x'), file, end])),
      /2097152 bytes of names/,
    );
  });

  it('start from one that is right, with GNU sizes in base 256', async () => {
    const size = Buffer.alloc(12);
    size[0] = 0x80;
    size[11] = 3;
    const tar = new TarFile(Buffer.concat([pax('11 path=xy\n'), file, header('b', size), padded('abc'), end]));
    assert.deepEqual([...tar.members.keys()], ['xy', 'b']);
    assert.equal((await tar.read('b')).toString(), 'abc');
  });
});
