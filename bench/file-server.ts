/** Serves a folder over HTTP with ranges, and prints its port: `node file-server.js <folder>`. It ends with its standard input. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

const [, , folder = '.'] = process.argv;

const server = createServer((request, response) => {
  const path = join(folder, basename(request.url ?? ''));
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    response.writeHead(404).end();
    return;
  }
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const part = request.headers.range ? { 'content-range': `bytes ${start}-${size - 1}/${size}` } : {};
  response.writeHead(request.headers.range ? 206 : 200, { 'content-length': size - start, etag: `"${size}"`, ...part });
  createReadStream(path, { start, highWaterMark: 1 << 20 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.resume().on('end', () => process.exit());
