import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TarFile } from '../../ts/data/tar';
import { paxRecord, writeTar } from './tar-writer';

describe('TarFile', () => {
  let folder: string;
  let made = 0;
  const save = (bytes: string | Buffer): string => {
    const path = join(folder, `${made++}.tar`);
    writeFileSync(path, bytes);
    return path;
  };
  const using = async <Result>(bytes: Buffer, work: (tar: TarFile) => Result | Promise<Result>): Promise<Result> => {
    const tar = new TarFile(save(bytes));
    try {
      return await work(tar);
    } finally {
      tar.close();
    }
  };

  before(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-tar-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('reads members at their places, in any order and at once', async () => {
    const contents = { 'a.txt': 'first', 'b/c.bin': Buffer.alloc(100_000, 7), empty: '', last: 'x'.repeat(512) };
    await using(writeTar(contents), async (tar) => {
      assert.deepEqual([...tar.members.keys()], Object.keys(contents));
      const read = await Promise.all(
        Object.keys(contents)
          .reverse()
          .map((name) => tar.read(name)),
      );
      assert.deepEqual(
        read.reverse().map((bytes) => bytes.toString('latin1')),
        Object.values(contents).map((content) => Buffer.from(content).toString('latin1')),
      );
    });
  });

  it('reads a thousand small members', async () => {
    const members = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}.txt`, `content ${i}`]));
    await using(writeTar(members), async (tar) => {
      assert.equal(tar.members.size, 1000);
      assert.equal((await tar.read('777.txt')).toString(), 'content 777');
    });
  });

  it('knows long names in the three ways they are written', async () => {
    const [gnu, pax, ustar] = ['g', 'p', 'u'].map((letter) => `${letter.repeat(80)}/${letter.repeat(60)}.xml`) as [
      string,
      string,
      string,
    ];
    const tar = writeTar([
      ['././@LongLink', { type: 'L', content: `${gnu}\0` }],
      [gnu.slice(0, 99), { content: 'one' }],
      ['PaxHeaders/x', { type: 'x', content: paxRecord('mtime', '1.5') + paxRecord('path', pax) }],
      ['short', { content: 'two' }],
      [`${'u'.repeat(60)}.xml`, { content: 'three', prefix: 'u'.repeat(80) }],
      ['plain', { content: 'four' }],
    ]);
    await using(tar, async (tar) => {
      assert.deepEqual([...tar.members.keys()], [gnu, pax, ustar, 'plain']);
      assert.equal((await tar.read(pax)).toString(), 'two');
    });
  });

  it('takes sizes from binary fields and from pax headers', async () => {
    const tar = writeTar([
      ['binary', { content: 'abc', binarySize: true }],
      ['PaxHeaders/x', { type: 'x', content: paxRecord('size', '5') }],
      ['pax', { content: 'hello' }],
      ['after', { content: 'end' }],
    ]);
    await using(tar, async (tar) => {
      assert.deepEqual(
        await Promise.all(['binary', 'pax', 'after'].map(async (name) => (await tar.read(name)).toString())),
        ['abc', 'hello', 'end'],
      );
    });
  });

  it('leaves out folders and links, drops "./" and takes the last of two members with one name', async () => {
    const tar = writeTar([
      ['./folder/', { type: '5' }],
      ['global', { type: 'g', content: paxRecord('comment', 'for all') }],
      ['link', { type: '2' }],
      ['./folder/file', { content: 'old' }],
      ['folder/file', { content: 'new' }],
    ]);
    await using(tar, async (tar) => {
      assert.deepEqual([...tar.members.keys()], ['folder/file']);
      assert.equal((await tar.read('folder/file')).toString(), 'new');
    });
  });

  it('says that a member is absent, and that the archive is closed', async () => {
    const tar = new TarFile(save(writeTar({ a: 'b' })));
    await assert.rejects(tar.read('c'), /has no member c\.$/);
    tar.close();
    tar.close();
    await assert.rejects(tar.read('a'), /is closed\.$/);
  });

  it('says when the file ends too early', () => {
    const tar = writeTar({ 'a.txt': 'x'.repeat(2000), 'b.txt': 'y' });
    assert.throws(
      () => new TarFile(save(tar.subarray(0, 1200))),
      /a\.txt should end at byte 2512, but the file ends at 1200\. Download it again\.$/,
    );
    assert.throws(() => new TarFile(save(tar.subarray(0, 2560 + 100))), /it is cut short\. Download it again\.$/);
  });

  it('says when a header is damaged', () => {
    const tar = writeTar({ 'a.txt': 'x', 'b.txt': 'y' });
    tar[1024 + 3] = 1;
    assert.throws(() => new TarFile(save(tar)), /no member begins at byte 1024/);
  });

  it('says when the file is compressed, a web page, of another kind or absent', () => {
    assert.throws(
      () => new TarFile(save(gzipSync(writeTar({ a: 'b' })))),
      /found one packed by gzip.*unpack it with gunzip\.$/,
    );
    assert.throws(() => new TarFile(save('<!DOCTYPE html><p>quota</p>')), /Expected a tar in .*, found a web page/);
    assert.throws(
      () => new TarFile(save(Buffer.alloc(600, 65))),
      /Expected a tar in .*, found a file of another kind\.$/,
    );
    assert.throws(
      () => new TarFile(join(folder, 'absent.tar')),
      /absent\.tar: expected a tar, found none that can be opened: .*ENOENT/,
    );
  });
});
