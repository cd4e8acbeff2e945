/** Where shards lie: a folder, or addresses of HTTP(S) and of S3, with what asking for them takes. */
import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../../errors';
import { pathOfFileUrl } from '../../native/byte-source';
import { percentDecoded, request, withoutCredentials } from '../../native/http';
import { INDEX_FILE } from './shard-index';
import { s3Request } from './s3';

/** A file that has to be fetched. */
export interface RemoteFile {
  /** Its address, without what is secret in it. */
  readonly label: string;
  /** The last part of its path, as any file may be called. */
  readonly name: string;
  /** What is asked for; its query may be a signature. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A file on this machine, or one that has to be fetched. */
export type FileLocation = { readonly path: string; readonly label: string } | RemoteFile;

export function isRemote(location: FileLocation): location is RemoteFile {
  return 'address' in location;
}

const SCHEME = /^[a-z][a-z\d+.-]+:\/\//i;

/** Whether a name is an address and no path. */
export function isAddress(source: string): boolean {
  return SCHEME.test(source) && !source.startsWith('file:');
}

/** The address of an index, from which the addresses of shards count. */
export class IndexLocation {
  readonly #url: URL;

  private constructor(url: URL) {
    this.#url = url;
  }

  /**
   * @param source folder, its index file, or the address of either
   * @throws InputError for an address of another kind, or where there is no index in the folder
   */
  static of(source: string | URL): IndexLocation {
    const text = source instanceof URL ? source.href : source;
    if (!SCHEME.test(text)) return new IndexLocation(pathToFileURL(indexPath(text)));
    if (!URL.canParse(text))
      throw new InputError(`Expected the address of shards, found ${withoutCredentials(text).url}.`);
    const url = new URL(text);
    if (url.protocol === 'file:') return new IndexLocation(pathToFileURL(indexPath(pathOfFileUrl(url))));
    requireKnown(url);
    if (!url.pathname.endsWith('.json')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/${INDEX_FILE}`;
    return new IndexLocation(url);
  }

  get index(): FileLocation {
    return locate(this.#url);
  }

  /** @throws InputError for an address that this index may not name */
  file(url: string): FileLocation {
    if (!URL.canParse(url, this.#url.href))
      throw new InputError(`${this.index.label}: expected the address of a shard, found '${url}'.`);
    const found = new URL(url, this.#url);
    if (found.protocol === 'file:' && this.#url.protocol !== 'file:')
      throw new InputError(`${this.index.label}: expected shards that lie where it does, found '${url}'.`);
    if (found.protocol !== 'file:') requireKnown(found);
    if (found.host === this.#url.host && found.protocol === this.#url.protocol) {
      // What lets in to the index lets in to the shards beside it: a password, or the signature in a query.
      [found.username, found.password] = [this.#url.username, this.#url.password];
      if (found.search === '') found.search = this.#url.search;
    }
    return locate(found);
  }
}

function indexPath(source: string): string {
  const info = statSync(source, { throwIfNoEntry: false });
  if (info?.isFile()) return resolve(source);
  const path = join(resolve(source), INDEX_FILE);
  if (existsSync(path)) return path;
  throw new InputError(
    `Expected shards in ${source}, found ${info ? `a folder without ${INDEX_FILE}: it was not written to its end, or holds something else` : 'nothing'}.`,
  );
}

function requireKnown({ protocol, href, username, password }: URL): void {
  const { url } = withoutCredentials(href);
  if (!['http:', 'https:', 's3:'].includes(protocol))
    throw new InputError(`Expected an address that begins with https://, http:// or s3://, found ${url}.`);
  if (protocol === 's3:' && (username || password))
    throw new InputError(
      `Expected an address without keys, found some in ${url}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.`,
    );
}

function locate(url: URL): FileLocation {
  if (url.protocol === 'file:') {
    const path = pathOfFileUrl(url);
    return { path, label: path };
  }
  const name = basename(percentDecoded(url.pathname))
    .replace(/[^\w.-]/g, '_')
    .slice(-128);
  if (url.protocol === 's3:') return { label: url.href, name, address: url.href, headers: {} };
  const { url: address, headers } = withoutCredentials(url.href);
  return { label: address.replace(/[?#].*$/, ''), name, address, headers };
}

/** How a file is asked for: by its whole address, while messages have the label. */
export function requestOf({ address }: RemoteFile): typeof request {
  const send = address.startsWith('s3:') ? s3Request : request;
  return (_, init) => send(address, init);
}
