import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { parseWheelName } from '../../ts/native/python-index/wheel';

/** A Python package index on this machine that has the wheels in some files, and serves them in ranges. */
export class WheelServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(files: readonly string[]): Promise<WheelServer> {
    const server = createServer((request, response) => answer(files, request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new WheelServer(server);
  }

  /** What TORCHTS_INDEX is set to. */
  get index(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/simple`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function answer(files: readonly string[], request: IncomingMessage, response: ServerResponse): void {
  const [, folder, name = ''] = decodeURIComponent(request.url!).split('/');
  if (folder === 'simple') {
    const links = files.map((file) => basename(file)).filter((file) => parseWheelName(file)?.name === name);
    if (links.length === 0) return void response.writeHead(404).end();
    const anchors = links.map((link) => `<a href="/files/${encodeURIComponent(link)}">${link}</a>`);
    return void response.writeHead(200, { 'content-type': 'text/html' }).end(anchors.join('\n'));
  }
  const file = files.find((one) => basename(one) === name);
  if (file === undefined) return void response.writeHead(404).end();
  sendFile(file, request, response);
}

function sendFile(file: string, request: IncomingMessage, response: ServerResponse): void {
  const { size } = statSync(file);
  const [, start = '0', end = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const [first, last] = [Number(start), end === '' ? size - 1 : Math.min(Number(end), size - 1)];
  response.writeHead(request.headers.range ? 206 : 200, {
    etag: `"${size}"`,
    'accept-ranges': 'bytes',
    'content-length': last - first + 1,
    ...(request.headers.range && { 'content-range': `bytes ${first}-${last}/${size}` }),
  });
  if (request.method === 'HEAD') return void response.end();
  createReadStream(file, { start: first, end: last })
    .on('error', (error) => response.destroy(error))
    .pipe(response);
}
