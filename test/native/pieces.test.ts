import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { download, DownloadError, type DownloadOptions, type DownloadProgress } from '../../ts/native/download';
import { PIECE_BYTES } from '../../ts/native/pieces';
import { serveBytes, TestServer, type Handler } from './server';

const PIECES = 6;
const BODY = Buffer.from(
  Uint32Array.from({ length: (PIECES * PIECE_BYTES - 1000) / 4 }, (_, i) => Math.imul(i, 2654435761)).buffer,
);
const SHA256 = createHash('sha256').update(BODY).digest('hex');

describe('a download in pieces', () => {
  let folder: string;
  let target: string;
  let server: TestServer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-pieces-'));
    target = join(folder, 'file.bin');
    server = await TestServer.start(serveBytes(BODY));
  });
  afterEach(() => {
    server.stop();
    rmSync(folder, { recursive: true });
  });

  const fetchFile = (options: DownloadOptions = {}) =>
    download(`${server.origin}/file`, target, { connections: 4, sha256: SHA256, ...options });
  const starts = (): number[] =>
    server.requests
      .map(({ headers }) => Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? -1) / PIECE_BYTES)
      .sort((a, b) => a - b);

  it('asks for each piece once, under the validator of the first, and leaves the file alone', async () => {
    const seen: DownloadProgress[] = [];
    const result = await fetchFile({ onProgress: (progress) => seen.push(progress) });
    assert.deepEqual([result.bytes, result.sha256], [BODY.length, SHA256]);
    assert.deepEqual(starts(), [0, 1, 2, 3, 4, 5]);
    assert.ok(server.requests.slice(1).every(({ headers }) => headers['if-range'] === '"v1"'));
    assert.deepEqual(seen.at(-1), { received: BODY.length, total: BODY.length });
    assert.deepEqual(readdirSync(folder), ['file.bin']);
  });

  it('has several requests under way at once, and no more than it may', async () => {
    let underway = 0;
    let most = 0;
    server.handler = (request, response) => {
      most = Math.max(most, ++underway);
      response.on('finish', () => underway--);
      setTimeout(() => serveBytes(BODY)(request, response), 50);
    };
    await fetchFile({ connections: 3 });
    assert.equal(most, 3);
  });

  it('fetches only the pieces that were cut, with fewer requests at once', async () => {
    const cut = new Set<string>();
    server.handler = (request, response) => {
      const range = request.headers.range!;
      if (/^bytes=0-/.test(range) || cut.has(range)) return serveBytes(BODY)(request, response);
      cut.add(range);
      response.writeHead(206, { etag: '"v1"', 'content-range': `${range.replace('=', ' ')}/${BODY.length}` });
      response.write(BODY.subarray(0, 1000), () => response.destroy());
    };
    await fetchFile();
    assert.deepEqual(readFileSync(target), BODY);
    assert.equal(starts().filter((start) => start === 0).length, 1);
  });

  it('is read in one stretch from a server without ranges, or that does not tell versions apart', async () => {
    for (const handler of [
      (_, response) => void response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length }).end(BODY),
      (request, response) => {
        const write = response.writeHead.bind(response);
        response.writeHead = ((status: number, { etag: _, ...headers }: Record<string, string>) =>
          write(status, headers)) as typeof response.writeHead;
        serveBytes(BODY)(request, response);
      },
    ] satisfies Handler[]) {
      server.handler = handler;
      await fetchFile({ force: true });
      assert.deepEqual(readFileSync(target), BODY);
      assert.equal(server.requests.at(-1)!.headers.range, undefined);
    }
  });

  it('starts over when the file changes under way', async () => {
    const other = Buffer.from(BODY).fill(7, 0, 100);
    let version = 1;
    server.handler = (request, response) => {
      if (server.requests.length === 4) version = 2;
      serveBytes(version === 1 ? BODY : other, `"v${version}"`)(request, response);
    };
    await fetchFile({ sha256: undefined });
    assert.deepEqual(readFileSync(target), other);
    assert.deepEqual(readdirSync(folder), ['file.bin']);
  });

  it('refuses a server that sends more than it was asked for, and keeps nothing of it', async () => {
    server.handler = (request, response) => {
      if (/^bytes=0-/.test(request.headers.range!)) return serveBytes(BODY)(request, response);
      response
        .writeHead(206, { 'content-range': `${request.headers.range!.replace('=', ' ')}/${BODY.length}` })
        .end(BODY);
    };
    await assert.rejects(fetchFile(), /sent more than the 4194304 bytes that it was asked for at byte \d+\./);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('refuses wrong lengths and hashes as a download in one stretch does', async () => {
    await assert.rejects(
      fetchFile({ bytes: BODY.length + 1 }),
      /has the wrong length: expected \d+ bytes, the server announces \d+\./,
    );
    await assert.rejects(fetchFile({ maxBytes: 7 }), /is longer than it may be: expected at most 7 bytes/);
    await assert.rejects(fetchFile({ sha256: 'ab'.repeat(32) }), /has the wrong content: expected sha256 abab/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('names the status of a server that refuses', async () => {
    server.handler = (_, response) => void response.writeHead(404).end();
    await assert.rejects(fetchFile(), (error: Error) => error instanceof DownloadError && error.status === 404);
    assert.equal(server.requests.length, 1);
    server.handler = (request, response) =>
      /^bytes=0-/.test(request.headers.range!)
        ? serveBytes(BODY)(request, response)
        : void response.writeHead(403).end();
    await assert.rejects(fetchFile(), /answered 403 Forbidden\.$/);
  });

  it('killed, leaves nothing that looks complete, and the next call fetches what is missing', async () => {
    // Three pieces come, the others hang.
    server.handler = (request, response) => {
      const start = Number(/\d+/.exec(request.headers.range!)![0]);
      if (start < 3 * PIECE_BYTES) return serveBytes(BODY)(request, response);
      response.writeHead(206, {
        etag: '"v1"',
        'content-range': `${request.headers.range!.replace('=', ' ')}/${BODY.length}`,
      });
      response.write(BODY.subarray(start, start + 100));
    };
    const script = `require(${JSON.stringify(join(__dirname, '../../ts/native/download.ts'))}).download(process.argv[1], process.argv[2], { connections: 4 })`;
    const url = `${server.origin}/file`;
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', script, url, target], {
      stdio: 'inherit',
    });
    const record = `${target}.part.pieces`;
    while (!existsSync(record) || !/"done":\[\d,\d,\d\]/.test(readFileSync(record, 'utf8'))) await sleep(20);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(!existsSync(target) && statSync(`${target}.part`).size > 0);

    server.handler = serveBytes(BODY);
    server.requests.length = 0;
    await fetchFile();
    assert.deepEqual(starts(), [3, 4, 5]);
    assert.deepEqual(readFileSync(target), BODY);
    assert.deepEqual(readdirSync(folder), ['file.bin']);
  });
});
