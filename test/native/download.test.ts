import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { download, DownloadError, type DownloadProgress } from '../../ts/native/download';

const BODY = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const SHA256 = createHash('sha256').update(BODY).digest('hex');

interface Options {
  /** Bytes after which the answer to each range request is cut; 0 for never. */
  cutAfter?: number;
  ranges?: boolean;
  etag?: () => string;
}

describe('download', () => {
  let folder: string;
  let target: string;
  let server: Server;
  let requests: IncomingMessage[];
  let handler: (request: IncomingMessage, response: ServerResponse) => void;
  const url = (path = '/file'): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-download-'));
    target = join(folder, 'deep', 'file.bin');
    requests = [];
    handler = file({});
    server = createServer((request, response) => {
      requests.push(request);
      handler(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('leaves the file, its hash and nothing else', async () => {
    const result = await download(url(), target);
    assert.deepEqual(result, { path: target, bytes: BODY.length, sha256: SHA256, fetched: true });
    assert.deepEqual(readFileSync(target), BODY);
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['file.bin']);
  });

  it('reports progress up to the whole size', async () => {
    const seen: DownloadProgress[] = [];
    await download(url(), target, { onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(seen.at(-1), { received: BODY.length, total: BODY.length });
    assert.ok(seen.every((progress, i) => i === 0 || progress.received >= seen[i - 1]!.received));
  });

  it('goes on where a cut connection stopped', async () => {
    handler = file({ cutAfter: 100_000 });
    await download(url(), target, { sha256: SHA256 });
    assert.deepEqual(readFileSync(target), BODY);
    const starts = requests.map((request) => request.headers.range);
    assert.equal(starts[0], undefined);
    assert.ok(
      starts.length >= 3 && starts.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? '')),
      String(starts),
    );
  });

  it('goes on from the part of an earlier call', async () => {
    handler = file({ cutAfter: 100_000 });
    await assert.rejects(download(url(), target, { attempts: 1, signal: abortAfter(requests, 2) }));
    const left = statSync(`${target}.part`).size;
    assert.ok(left > 0 && left < BODY.length);
    assert.ok(!existsSync(target));
    handler = file({});
    requests.length = 0;
    await download(url(), target, { sha256: SHA256 });
    assert.equal(requests.length, 1);
    assert.equal(requests[0]!.headers.range, `bytes=${left}-`);
  });

  it('starts over when the file on the server has changed', async () => {
    writePart(target, Buffer.alloc(1000, 7), '"old"');
    await download(url(), target, { sha256: SHA256 });
    assert.equal(requests[0]!.headers['if-range'], '"old"');
    assert.deepEqual(readFileSync(target), BODY);
  });

  it('starts over when the part is longer than the file', async () => {
    writePart(target, Buffer.alloc(BODY.length + 5), '"v1"');
    await download(url(), target, { sha256: SHA256 });
    assert.deepEqual(readFileSync(target), BODY);
  });

  it('completes from a server without ranges', async () => {
    let cuts = 1;
    handler = (request, response) => file({ ranges: false, cutAfter: cuts-- > 0 ? 50_000 : 0 })(request, response);
    await download(url(), target, { sha256: SHA256 });
    assert.deepEqual(readFileSync(target), BODY);
  });

  it('never joins two halves without a validator', async () => {
    let cuts = 1;
    handler = (request, response) => file({ etag: () => '', cutAfter: cuts-- > 0 ? 50_000 : 0 })(request, response);
    await download(url(), target, { sha256: SHA256 });
    assert.ok(requests.every((request) => request.headers.range === undefined));
  });

  it('refuses and deletes content with the wrong hash', async () => {
    const wrong = 'ab'.repeat(32);
    await assert.rejects(download(url(), target, { sha256: wrong }), (error: Error) => {
      assert.ok(error instanceof DownloadError);
      assert.match(error.message, new RegExp(`expected sha256 ${wrong}, found ${SHA256}`));
      return true;
    });
    assert.deepEqual(readdirSync(join(folder, 'deep')), []);
  });

  it('refuses a body without end, and deletes what came of it', async () => {
    handler = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(50_000)), 1);
      response.on('close', () => clearInterval(timer));
    };
    await assert.rejects(
      download(url(), target, { maxBytes: 400_000 }),
      /is longer than it may be: expected at most 400000 bytes; what was fetched is deleted\.$/,
    );
    assert.deepEqual(readdirSync(join(folder, 'deep')), []);
    await assert.rejects(download(url(), target, { bytes: 300_000 }), /expected 300000 bytes/);
    assert.deepEqual(readdirSync(join(folder, 'deep')), []);
  });

  it('refuses a compressed body, which may be a bomb', async () => {
    handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000)));
    await assert.rejects(download(url(), target), /is sent compressed \(gzip\), which was not asked for/);
    assert.deepEqual(readdirSync(join(folder, 'deep')), []);
  });

  it('refuses a file of another length than it has to have, announced or not', async () => {
    await assert.rejects(
      download(url(), target, { bytes: BODY.length + 1 }),
      /expected 300001 bytes, the server announces 300000/,
    );
    // Without a length in the answer the end of the connection is the end of the file.
    handler = (_, response) => void response.writeHead(200).write(BODY.subarray(0, 100), () => response.end());
    await assert.rejects(
      download(url(), target, { bytes: BODY.length, attempts: 1 }),
      /was cut after 100 of 300000 bytes/,
    );
    assert.ok(!existsSync(target));
  });

  it('says so when a server switches protocols', async () => {
    server.on('upgrade', () => {});
    handler = (_, response) =>
      response.socket!.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await assert.rejects(download(url(), target, { attempts: 1 }), (error: Error) => error instanceof DownloadError);
  });

  it('names address and status of a 404, and asks once', async () => {
    handler = (_, response) => response.writeHead(404).end('<html>no such file</html>');
    await assert.rejects(download(url('/absent'), target), (error: Error) => {
      assert.ok(error instanceof DownloadError);
      assert.equal(error.status, 404);
      assert.equal(error.message, `${url('/absent')} answered 404 Not Found.`);
      return true;
    });
    assert.equal(requests.length, 1);
    assert.deepEqual(readdirSync(join(folder, 'deep')), []);
  });

  it('tries again after 503, and gives up when nothing comes', async () => {
    let busy = 2;
    handler = (request, response) =>
      busy-- > 0 ? void response.writeHead(503, { 'retry-after': '0' }).end() : file({})(request, response);
    await download(url(), target);
    assert.equal(requests.length, 3);

    handler = (_, response) => response.writeHead(503, { 'retry-after': '0' }).end();
    await assert.rejects(download(url(), join(folder, 'other'), { attempts: 2 }), /503.*Gave up after 2 attempts/);
  });

  it('follows redirects and keeps the token from another host', async () => {
    const other = createServer((request, response) => {
      requests.push(request);
      file({})(request, response);
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const elsewhere = `http://localhost:${(other.address() as AddressInfo).port}/real`;
    handler = (_, response) => response.writeHead(302, { location: elsewhere }).end();
    try {
      await download(url(), target, { headers: { authorization: 'Bearer secret' }, sha256: SHA256 });
    } finally {
      other.closeAllConnections();
      other.close();
    }
    assert.equal(requests[0]!.headers.authorization, 'Bearer secret');
    assert.equal(requests[1]!.headers.authorization, undefined);
  });

  it('gives up on a server that falls silent', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': BODY.length });
      response.write(BODY.subarray(0, 10));
    };
    await assert.rejects(download(url(), target, { timeoutMs: 100, attempts: 1 }), /sent nothing for 0\.1 s/);
    assert.ok(!existsSync(target));
  });

  it('fails at once when no host answers', async () => {
    const closed = url();
    server.close();
    await once(server, 'close');
    await assert.rejects(download(closed, target), /could not be fetched: its host refused the connection\.$/);
    await assert.rejects(
      download('http://no-such-host.invalid/x', target),
      /could not be fetched: the name of its host/,
    );
  });

  it('does not fetch what is there, unless forced or wrong', async () => {
    await download(url(), target);
    assert.equal((await download(url(), target, { sha256: SHA256 })).fetched, false);
    assert.equal((await download(url(), target, { force: true })).fetched, true);
    writeFileSync(target, 'spoilt');
    assert.equal((await download(url(), target, { sha256: SHA256 })).fetched, true);
    assert.deepEqual(readFileSync(target), BODY);
    assert.equal(requests.length, 3);
  });

  it('fetches once for two callers at the same time', async () => {
    const results = await Promise.all([download(url(), target), download(url(), target)]);
    assert.deepEqual(results.map((result) => result.fetched).sort(), [false, true]);
    assert.equal(requests.length, 1);
  });

  it('killed, leaves nothing that looks complete, and the next call finishes', async () => {
    handler = (_, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length });
      response.write(BODY.subarray(0, 200_000));
    };
    const script = `require(${JSON.stringify(join(__dirname, '../../ts/native/download.ts'))}).download(process.argv[1], process.argv[2])`;
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', script, url(), target], {
      stdio: 'inherit',
    });
    while (!existsSync(`${target}.part`) || statSync(`${target}.part`).size === 0) await sleep(20);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(!existsSync(target));

    handler = file({});
    await download(url(), target, { sha256: SHA256 });
    assert.match(requests.at(-1)!.headers.range ?? '', /^bytes=\d+-$/);
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['file.bin']);
  });
});

/** A handler that serves BODY with or without ranges. */
function file({ cutAfter = 0, ranges = true, etag = () => '"v1"' }: Options) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const tag = etag();
    const asked =
      ranges && request.headers['if-range'] === tag ? /^bytes=(\d+)-$/.exec(request.headers.range ?? '') : null;
    const start = Number(asked?.[1] ?? 0);
    const headers: Record<string, string | number> = tag ? { etag: tag } : {};
    if (start >= BODY.length) {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${BODY.length}` }).end();
      return;
    }
    const rest = BODY.subarray(start);
    if (asked) headers['content-range'] = `bytes ${start}-${BODY.length - 1}/${BODY.length}`;
    response.writeHead(asked ? 206 : 200, { ...headers, 'content-length': rest.length });
    if (cutAfter === 0 || rest.length <= cutAfter) response.end(rest);
    else response.write(rest.subarray(0, cutAfter), () => response.destroy());
  };
}

function writePart(target: string, bytes: Buffer, tag: string): void {
  mkdirSync(join(target, '..'), { recursive: true });
  writeFileSync(`${target}.part`, bytes);
  writeFileSync(`${target}.part.tag`, tag);
}

/** A signal that fires when the server has seen `count` requests. */
function abortAfter(requests: readonly IncomingMessage[], count: number): AbortSignal {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (requests.length < count) return;
    clearInterval(timer);
    controller.abort(new Error('stopped'));
  }, 5);
  return controller.signal;
}
