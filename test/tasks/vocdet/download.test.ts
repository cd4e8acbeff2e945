import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DownloadError } from '../../../ts/native/download';
import { downloadVoc, vocArchives, vocReleases, type VocArchive } from '../../../ts/tasks/vocdet/download';
import { openVoc } from '../../../ts/tasks/vocdet/annotations/voc';
import { writeTar } from '../../data/tar-writer';
import { temporaryFolder, vocXml } from './fixture';

const TAR = writeTar({
  'VOCdevkit/VOC2007/Annotations/000001.xml': vocXml(9, 9, []),
  'VOCdevkit/VOC2007/JPEGImages/000001.jpg': Buffer.alloc(200_000, 5),
});

describe('downloadVoc', () => {
  const temporary = temporaryFolder();
  let folder: string;
  let server: Server;
  let requests: IncomingMessage[];
  let reply: Record<string, (request: IncomingMessage, response: ServerResponse) => void>;
  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const archive = (...paths: string[]): VocArchive => ({
    name: 'VOCtest.tar',
    md5: createHash('md5').update(TAR).digest('hex'),
    urls: paths.map(url),
  });

  beforeEach(async () => {
    folder = temporary.path();
    requests = [];
    reply = { '/good': whole(TAR), '/wrong': whole(Buffer.from('something else')) };
    server = createServer((request, response) => {
      requests.push(request);
      (reply[request.url!] ?? ((_, missing) => missing.writeHead(404).end()))(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('leaves an archive that can be read in place, and nothing else', async () => {
    assert.deepEqual(await downloadVoc(folder, { archives: [archive('/good')] }), [
      { path: join(folder, 'VOCtest.tar'), fetched: true },
    ]);
    assert.deepEqual(readdirSync(folder), ['VOCtest.tar']);
    const voc = openVoc(folder);
    assert.deepEqual((await voc.split('all')).ids, ['000001']);
    voc.close();
  });

  it('fetches nothing twice, and a damaged archive again', async () => {
    await downloadVoc(folder, { archives: [archive('/good')] });
    assert.deepEqual(
      (await downloadVoc(folder, { archives: [archive('/good')] })).map(({ fetched }) => fetched),
      [false],
    );
    assert.equal(requests.length, 1);
    writeFileSync(join(folder, 'VOCtest.tar'), 'spoilt');
    assert.deepEqual(
      (await downloadVoc(folder, { archives: [archive('/good')] })).map(({ fetched }) => fetched),
      [true],
    );
    assert.deepEqual(readFileSync(join(folder, 'VOCtest.tar')), TAR);
  });

  it('tries the next source after one that is gone or has something else', async () => {
    await downloadVoc(folder, { archives: [archive('/gone', '/wrong', '/good')] });
    assert.deepEqual(
      requests.map((request) => request.url),
      ['/gone', '/wrong', '/good'],
    );
    assert.deepEqual(readFileSync(join(folder, 'VOCtest.tar')), TAR);
  });

  it('says of every source why it failed, and leaves no archive', async () => {
    await assert.rejects(downloadVoc(folder, { archives: [archive('/gone', '/wrong')] }), (error: unknown) => {
      assert.ok(error instanceof DownloadError);
      assert.match(
        error.message,
        /VOCtest\.tar could not be fetched: .*\/gone answered 404.*\/wrong has the wrong content: expected MD5 \w{32}, found \w{32}\./,
      );
      assert.match(error.message, /or put the file at .*VOCtest\.tar yourself\.$/);
      return true;
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('goes on where a cut download stopped, also in a later call', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'VOCtest.tar.unchecked.part'), TAR.subarray(0, 150_000));
    writeFileSync(join(folder, 'VOCtest.tar.unchecked.part.tag'), '"v1"');
    const seen: number[] = [];
    await downloadVoc(folder, {
      archives: [archive('/good')],
      onProgress: (name, { received }) => name === 'VOCtest.tar' && seen.push(received),
    });
    assert.equal(requests[0]!.headers.range, 'bytes=150000-');
    assert.deepEqual([seen[0], seen.at(-1)], [150_000, TAR.length]);
    assert.deepEqual(readdirSync(folder), ['VOCtest.tar']);
  });

  it('stops when it is told to', async () => {
    reply['/slow'] = (_, response) => response.writeHead(200).write('x');
    const stop = new AbortController();
    const running = downloadVoc(folder, {
      archives: [archive('/slow', '/good')],
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stopped')),
    });
    await assert.rejects(running, /^Error: stopped$/);
    assert.equal(requests.length, 1);
  });

  it('knows two sources of each official archive, and sets that add up', () => {
    for (const { name, md5, urls } of Object.values(vocArchives).flat()) {
      assert.match(md5, /^[0-9a-f]{32}$/);
      assert.ok(urls.length === 2 && urls.every((one) => one.endsWith(`/${name}`)));
    }
    for (const year of ['2007', '2012']) {
      const [train, val, trainval] = ['train', 'val', 'trainval'].map((set) => vocReleases[`${year}/${set}`]!);
      assert.deepEqual(
        [train!.images + val!.images, train!.objects + val!.objects],
        [trainval!.images, trainval!.objects],
      );
    }
  });
});

/** Serves `body`, from any byte on. */
function whole(body: Buffer) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const start =
      request.headers['if-range'] === '"v1"' ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    const range = start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {};
    response
      .writeHead(start > 0 ? 206 : 200, { etag: '"v1"', 'content-length': body.length - start, ...range })
      .end(body.subarray(start));
  };
}
