import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server on this machine that notes what it is asked. */
export class TestServer {
  readonly requests: IncomingMessage[] = [];

  readonly #server: Server;

  private constructor(
    server: Server,
    public handler: Handler,
  ) {
    this.#server = server;
  }

  static async start(handler: Handler = notFound): Promise<TestServer> {
    const server = createServer((request, response) => {
      started.requests.push(request);
      started.handler(request, response);
    });
    const started = new TestServer(server, handler);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return started;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What was asked for, in order. */
  get paths(): string[] {
    return this.requests.map((request) => request.url!);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export const notFound: Handler = (_, response) => void response.writeHead(404).end();

/** Serves files by path: a text with its type, or bytes, in ranges where they are asked for. */
export function serve(files: () => Readonly<Record<string, Buffer | readonly [type: string, text: string]>>): Handler {
  return (request, response) => {
    const content = files()[decodeURIComponent(request.url!.split('?')[0]!)];
    if (!content) return notFound(request, response);
    if (!Buffer.isBuffer(content)) return void response.writeHead(200, { 'content-type': content[0] }).end(content[1]);
    serveBytes(content)(request, response);
  };
}

/** Serves bytes under one ETag, in ranges where they are asked for. */
export function serveBytes(bytes: Buffer, etag = '"v1"'): Handler {
  return (request, response) => {
    const isSame = [undefined, etag].includes(request.headers['if-range'] as string | undefined);
    const [, start, end] = (isSame && /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')) || [];
    if (start === undefined) return void response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes);
    const last = Math.min(end ? Number(end) : Infinity, bytes.length - 1);
    response.writeHead(206, {
      etag,
      'content-range': `bytes ${start}-${last}/${bytes.length}`,
      'content-length': last - Number(start) + 1,
    });
    response.end(bytes.subarray(Number(start), last + 1));
  };
}
