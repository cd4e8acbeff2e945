import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentDecoded } from '../../../ts/native/http';
import { writeShards, type SampleToWrite } from '../../../ts/data/shards/write-shards';

/** Samples whose content tells them apart: `s0000` and on, 100 bytes each and a number. */
export function samples(count: number, first = 0): SampleToWrite[] {
  return Array.from({ length: count }, (_, i) => {
    const number = first + i;
    return {
      key: `s${String(number).padStart(4, '0')}`,
      members: { bin: Buffer.from(Uint8Array.from({ length: 100 }, (_, k) => number + k)), json: { number } },
    };
  });
}

/** Bytes in a tar of one of them: a block for each header, and one for each content. */
export const SAMPLE_BYTES = 4 * 512;

/** A split of one shard that arrives in several pieces of a server that cuts connections after 100,000 bytes. */
export function writeLong(folder: string): Promise<void> {
  const bin = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
  return writeShards(folder, { train: [{ key: 'long', members: { bin } }] });
}

/** Whether the first request asked for all, and each later one for what was missing. */
export function isResumed(ranges: readonly (string | undefined)[]): boolean {
  return (
    ranges.length >= 3 &&
    ranges[0] === undefined &&
    ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ''))
  );
}

/** Two splits, shards of `perShard` samples. */
export function writeSmall(folder: string, train: number, perShard: number, val = 3): Promise<void> {
  return writeShards(folder, { train: samples(train), val: samples(val, 9000) }, { maxSamples: perShard });
}

export interface ServerOptions {
  /** Bytes after which the response to each request for a tar is cut. */
  cutAfter?: number;
  /** Bytes of a tar after which the response waits for `cut`. */
  holdAfter?: number;
  /** By the name of the file, the status that it gets. */
  readonly status: Map<string, number>;
}

/** Serves a folder with ranges and validators, and notes what it was asked for. */
export class FileServer {
  /** Names of the files that were asked for, in order. */
  readonly asked: string[] = [];
  readonly requests: IncomingMessage[] = [];
  readonly options: ServerOptions = { status: new Map() };
  readonly #held: ServerResponse[] = [];
  readonly #server: Server;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  static async start(folder: string): Promise<FileServer> {
    const server = new FileServer(folder);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  url(name = ''): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }

  /** The tars that were asked for, each once, sorted. */
  get tars(): string[] {
    return [...new Set(this.asked.filter((name) => name.endsWith('.tar')))].sort();
  }

  /** Cuts the connections whose responses wait. */
  cut(): void {
    for (const response of this.#held.splice(0)) response.destroy();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const name = percentDecoded(new URL(request.url!, 'http://host').pathname.slice(1));
    this.asked.push(name);
    this.requests.push(request);
    const path = join(this.#folder, name);
    const status = this.options.status.get(name) ?? (existsSync(path) && statSync(path).isFile() ? 200 : 404);
    if (status !== 200) {
      response.writeHead(status).end();
      return;
    }
    const { size, mtimeMs } = statSync(path);
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const part = request.headers.range ? { 'content-range': `bytes ${start}-${size - 1}/${size}` } : {};
    response.writeHead(request.headers.range ? 206 : 200, {
      'content-length': size - start,
      etag: `"${size}-${mtimeMs}"`,
      ...part,
    });
    const rest = readFileSync(path).subarray(start);
    const { cutAfter = Infinity, holdAfter = Infinity } = this.options;
    if (name.endsWith('.tar') && rest.length > holdAfter) {
      response.write(rest.subarray(0, holdAfter));
      this.#held.push(response);
    } else if (!name.endsWith('.tar') || rest.length <= cutAfter) response.end(rest);
    else response.write(rest.subarray(0, cutAfter), () => response.destroy());
  }
}

/** A folder that is removed when the tests of the suite are done. */
export function temporaryFolder(): (name: string) => string {
  let root: string;
  before(() => (root = mkdtempSync(join(tmpdir(), 'torchts-shards-'))));
  after(() => rmSync(root, { recursive: true, force: true }));
  return (name) => join(root, name);
}
