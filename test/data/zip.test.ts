import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZipFile } from '../../ts/data/zip';
import { writeZip, type ZipWriterOptions } from './zip-writer';

describe('ZipFile', () => {
  let folder: string;
  const open: ZipFile[] = [];
  before(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-zip-'))));
  afterEach(() => open.splice(0).forEach((zip) => zip.close()));
  after(() => rmSync(folder, { recursive: true }));

  const members = {
    'faces/': '',
    'faces/1.jpg': 'first'.repeat(100),
    'faces/2.jpg': 'second',
    'größe.txt': '',
    'large.bin': Buffer.alloc(300_000, 'abc'),
  };

  function zipOf(content: Uint8Array | string): ZipFile {
    const path = join(folder, 'test.zip');
    writeFileSync(path, content);
    const zip = new ZipFile(path);
    open.push(zip);
    return zip;
  }

  const kinds: Record<string, ZipWriterOptions> = {
    stored: {},
    deflated: { deflate: true },
    'zip64 stored': { zip64: true },
    'zip64 deflated': { zip64: true, deflate: true },
    'with local extra fields and a comment': { localExtra: 500, comment: 'made by a test' },
  };
  for (const [kind, options] of Object.entries(kinds)) {
    it(`reads members of an archive: ${kind}`, async () => {
      const zip = zipOf(writeZip(members, options));
      assert.deepEqual([...zip.members.keys()], Object.keys(members).slice(1));
      const read = await Promise.all(
        [...zip.members.keys()].map(async (name) => [name, await zip.read(name)] as const),
      );
      for (const [name, content] of read)
        assert.ok(content.equals(Buffer.from(members[name as keyof typeof members])), name);
    });
  }

  it('reads many members at a time', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}.txt`, `content ${i}`]));
    const zip = zipOf(writeZip(many, { deflate: true }));
    const read = await Promise.all(Object.keys(many).map((name) => zip.read(name)));
    assert.deepEqual(read.map(String), Object.values(many));
  });

  it('reads an empty archive', () => {
    assert.equal(zipOf(writeZip({})).members.size, 0);
  });

  it('names a member that is not there', async () => {
    await assert.rejects(zipOf(writeZip(members)).read('3.jpg'), /test\.zip has no member 3\.jpg\./);
  });

  it('refuses to read after close', async () => {
    const zip = zipOf(writeZip(members));
    zip.close();
    zip.close();
    await assert.rejects(zip.read('faces/1.jpg'), /is closed/);
  });

  it('says that a quota page saved as a zip is a web page', () => {
    const page = '<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head></html>';
    assert.throws(() => zipOf(page), {
      code: 'TTS_INPUT',
      message: /^Expected a zip in .*test\.zip, found a web page: .*download the zip again\.$/,
    });
  });

  it('says that a file is no zip or was cut short', () => {
    const zip = writeZip(members);
    for (const content of ['', 'plain text', zip.subarray(0, zip.length - 30)]) {
      assert.throws(() => zipOf(content), /cannot be read as a zip: it has no index at its end.*Download it again\.$/);
    }
  });

  it('names the broken entry of an index', () => {
    const zip = writeZip(members);
    zip.writeUInt32LE(0, zip.lastIndexOf('PK\x01\x02', undefined, 'latin1'));
    assert.throws(() => zipOf(zip), /entry 5 of 5 of its index is broken/);
  });

  it('refuses an index behind the end of the file, and a member there', () => {
    const index = writeZip(members);
    index.writeUInt32LE(2 ** 30, index.length - 6);
    assert.throws(() => zipOf(index), /its index should lie at byte 1073741824/);
    const member = writeZip({ a: 'x' });
    member.writeUInt32LE(2 ** 31, member.indexOf('PK\x01\x02', undefined, 'latin1') + 20);
    assert.throws(() => zipOf(member), /a should end behind the end of the file/);
  });

  it('refuses encryption and unknown compression by name', () => {
    const change = (offset: number, value: number) => {
      const zip = writeZip({ 'a.jpg': 'x' });
      zip.writeUInt16LE(value, zip.indexOf('PK\x01\x02', undefined, 'latin1') + offset);
      return zip;
    };
    assert.throws(() => zipOf(change(8, 1)), /a\.jpg is encrypted/);
    assert.throws(() => zipOf(change(10, 14)), /a\.jpg is compressed by method 14/);
  });

  it('finds damage inside a member', async () => {
    const stored = writeZip({ 'a.jpg': 'some content' });
    stored[40]! ^= 1;
    await assert.rejects(zipOf(stored).read('a.jpg'), /a\.jpg in .*test\.zip is damaged: its checksum is wrong/);
    const moved = writeZip({ 'a.jpg': 'some content' });
    moved[0] = 0;
    await assert.rejects(zipOf(moved).read('a.jpg'), /it does not lie where the index says/);
  });

  it('refuses a member that unpacks to more than its index says', async () => {
    const zip = writeZip({ 'bomb.jpg': Buffer.alloc(100_000) }, { deflate: true });
    zip.writeUInt32LE(10, zip.indexOf('PK\x01\x02', undefined, 'latin1') + 24);
    await assert.rejects(zipOf(zip).read('bomb.jpg'), /bomb\.jpg in .*test\.zip is damaged/);
  });

  it('says when there is no such file', () => {
    assert.throws(() => new ZipFile(join(folder, 'none.zip')), {
      code: 'TTS_INPUT',
      message: /none\.zip: expected a zip, found none that can be opened: there is no such file or folder \(ENOENT\)/,
    });
  });
});
