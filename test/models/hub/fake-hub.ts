import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeFile {
  readonly body: Buffer;
  /** Large files are answered by a redirect to another host, as the hub does. */
  readonly lfs?: boolean;
}

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
const gitHash = (body: Buffer): string => createHash('sha1').update(`blob ${body.length}\0`).update(body).digest('hex');

/**
 * A hub on one port and its content network on another: `/<repo>/resolve/<revision>/<file>` answers with the headers of
 * the real one (X-Repo-Commit, X-Linked-Etag, X-Error-Code), HEAD and GET alike, and large files lie behind a redirect.
 */
export class FakeHub {
  /** repository -> commit -> file. */
  readonly repos = new Map<string, Map<string, Map<string, FakeFile>>>();
  /** repository -> branch or tag -> commit. */
  readonly refs = new Map<string, Record<string, string>>();
  /** Repositories that moved: old name -> new name. */
  readonly moved = new Map<string, string>();
  /** Repositories that ask for this token, and how they refuse. */
  readonly closed = new Map<string, { token: string; code: 'GatedRepo' | 'RepoNotFound'; status: 401 | 403 }>();
  /** Requests that reached the hub and the content network. */
  readonly hubSaw: Seen[] = [];
  readonly cdnSaw: Seen[] = [];
  /** When set, every request to the hub is answered with this status. */
  down = 0;
  /** Bytes after which the content network cuts the next answer; 0 for never. */
  cutOnce = 0;
  /** Bytes that a GET of a small file gives, without telling a length; 0 for all. */
  cutSmall = 0;
  readonly #hub: Server = createServer((request, response) => this.#reply(request, response));
  readonly #cdn: Server = createServer((request, response) => this.#serve(request, response));

  static async start(): Promise<FakeHub> {
    const fake = new FakeHub();
    for (const server of [fake.#hub, fake.#cdn]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return fake;
  }

  stop(): void {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      server.close();
    }
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#hub.address() as AddressInfo).port}`;
  }

  add(repo: string, commit: string, files: Record<string, FakeFile>, refs: string[] = ['main']): void {
    const commits = this.repos.get(repo) ?? new Map<string, Map<string, FakeFile>>();
    commits.set(commit, new Map(Object.entries(files)));
    this.repos.set(repo, commits);
    this.refs.set(repo, { ...this.refs.get(repo), ...Object.fromEntries(refs.map((ref) => [ref, commit])) });
  }

  #reply(request: IncomingMessage, response: ServerResponse): void {
    this.hubSaw.push(seen(request));
    if (this.down) return end(response, this.down);
    const found = /^\/(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(request.url ?? '');
    if (!found) return end(response, 404);
    const [repo, revision, file] = found.slice(1).map(decodeURIComponent) as [string, string, string];

    const target = this.moved.get(repo);
    if (target) return end(response, 307, { location: (request.url ?? '').replace(`/${repo}/`, `/${target}/`) });
    const gate = this.closed.get(repo);
    if (gate && request.headers.authorization !== `Bearer ${gate.token}`)
      return end(response, gate.status, { 'x-error-code': gate.code });
    const commits = this.repos.get(repo);
    if (!commits) return end(response, 401, { 'x-error-code': 'RepoNotFound' });
    const commit = this.refs.get(repo)?.[revision] ?? revision;
    const files = commits.get(commit);
    if (!files) return end(response, 404, { 'x-error-code': 'RevisionNotFound' });
    const entry = files.get(file);
    const about = { 'x-repo-commit': commit };
    if (!entry) return end(response, 404, { ...about, 'x-error-code': 'EntryNotFound' });
    if (entry.lfs) {
      const cdn = `http://localhost:${(this.#cdn.address() as AddressInfo).port}/${sha256(entry.body)}?signed=1`;
      return end(response, 302, {
        ...about,
        location: cdn,
        'x-linked-etag': `"${sha256(entry.body)}"`,
        'x-linked-size': String(entry.body.length),
      });
    }
    if (this.cutSmall && request.method === 'GET') {
      response.writeHead(200, { ...about, etag: `"${gitHash(entry.body)}"` });
      return void response.write(entry.body.subarray(0, this.cutSmall), () => response.end());
    }
    response.writeHead(200, {
      ...about,
      etag: `"${gitHash(entry.body)}"`,
      'content-length': String(entry.body.length),
    });
    response.end(request.method === 'HEAD' ? undefined : entry.body);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.cdnSaw.push(seen(request));
    const hash = (request.url ?? '').slice(1).split('?')[0]!;
    const body = this.#blob(hash);
    if (!body) return end(response, 403);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = body.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      etag: `"${hash}"`,
      'content-length': String(rest.length),
      ...(start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
    });
    if (!this.cutOnce) return void response.end(rest);
    response.write(rest.subarray(0, this.cutOnce), () => response.destroy());
    this.cutOnce = 0;
  }

  #blob(hash: string): Buffer | undefined {
    for (const commits of this.repos.values()) {
      for (const files of commits.values()) {
        for (const { body } of files.values()) if (sha256(body) === hash) return body;
      }
    }
    return undefined;
  }
}

function seen(request: IncomingMessage): Seen {
  return { method: request.method ?? '', path: decodeURIComponent(request.url ?? ''), headers: request.headers };
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-length': '0', ...headers });
  response.end();
}
