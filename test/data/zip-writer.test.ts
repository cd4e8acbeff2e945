import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from '../../ts/data/zip';
import { ZipWriter, type ZipWriterOptions } from '../../ts/data/zip-writer';
import { bytesIn } from '../../ts/native/replace-file';

const members = { 'first.txt': 'one '.repeat(1000), 'größe/empty': '', 'last.bin': '\0\u0001\u0002' };

function archive(options: ZipWriterOptions, content: Readonly<Record<string, string>> = members): Buffer {
  const parts: Uint8Array[] = [];
  const zip = new ZipWriter((bytes) => parts.push(bytesIn(bytes)), options);
  for (const [name, text] of Object.entries(content)) zip.add(name, Buffer.from(text));
  zip.end();
  return Buffer.concat(parts);
}

describe('ZipWriter', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-zip-writer-'))));
  after(() => rmSync(folder, { recursive: true }));

  const kinds: Readonly<Record<string, ZipWriterOptions>> = {
    stored: {},
    deflated: { deflate: true },
    aligned: { alignment: 64 },
    'zip64, as beyond 4 GiB': { largest: -1 },
    'zip64, deflated and with some fields only': { largest: 50, deflate: true },
  };
  for (const [kind, options] of Object.entries(kinds)) {
    it(`writes what this library reads: ${kind}`, () => {
      const path = join(folder, 'test.zip');
      writeFileSync(path, archive(options));
      const zip = new ZipFile(path);
      assert.deepEqual(
        Object.fromEntries([...zip.members.keys()].map((name) => [name, zip.readSync(name).toString()])),
        members,
      );
      zip.close();
    });

    it(`writes what another library reads: ${kind}`, async () => {
      const found: Record<string, string> = {};
      const zip = await fromBufferPromise(archive(options), { strictFileNames: true });
      for await (const entry of zip.eachEntry())
        found[entry.fileName] = await text(await zip.openReadStreamPromise(entry));
      assert.deepEqual(found, members);
    });
  }

  it('lets stored contents begin where they can be mapped', () => {
    const bytes = archive({ alignment: 64 });
    for (const name of ['first.txt', 'last.bin'] as const) assert.equal(bytes.indexOf(members[name]) % 64, 0, name);
  });

  it('counts more members than a plain zip can', () => {
    const many = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [String(i), '']));
    writeFileSync(join(folder, 'many.zip'), archive({}, many));
    const zip = new ZipFile(join(folder, 'many.zip'));
    assert.equal(zip.members.size, 70_000);
    zip.close();
  });
});
