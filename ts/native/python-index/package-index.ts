import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError, TorchError } from '../../errors';
import { chunksOf, explainNetworkError, request, withoutCredentials } from '../http';
import { describeSystemError, isSystemError } from '../system-error';
import { parseHtmlPage, parseJsonPage, type ProjectFile } from './project-page';

/** Somewhere that packages are taken from. */
export interface IndexLocation {
  /** A URL, which may hold credentials, or a path. */
  readonly address: string;
  /** A simple repository API, a page or folder of links to files, or whichever of them is found there. */
  readonly kind: 'index' | 'links' | 'either';
}

/** A file of a location, with what is sent along to get it. */
export interface OfferedFile extends ProjectFile {
  readonly headers: Readonly<Record<string, string>>;
}

export interface ReadOptions {
  /** The longest silence of the server, in milliseconds. @default 15000 */
  readonly timeoutMs?: number;
  /** A file of certificates that pip would trust, to be named where one is not trusted. @default none */
  readonly cert?: string;
}

/** The page of torch on PyPI has 1 MB; a server that sends without end would fill the memory. */
const LONGEST_PAGE = 64 * 2 ** 20;
const ATTEMPTS = 3;
const ACCEPT = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

/** A location as it is named to people: without credentials. */
export function describeLocation({ address }: IndexLocation): string {
  return withoutCredentials(address).url;
}

/**
 * The files that a location offers of a package; none where it does not know the package.
 * @param project the normalized name
 * @throws InputError with a clause that says why the location could not be read
 */
export async function listFiles(
  location: IndexLocation,
  project: string,
  options: ReadOptions = {},
): Promise<OfferedFile[]> {
  const path = localPath(location.address);
  if (path !== undefined) return listLocal(path, location, project);
  const { url, headers } = withoutCredentials(location.address);
  const page = `${url.replace(/\/*$/, '')}/${project}/`;
  const ofIndex = location.kind === 'links' ? undefined : await readPage(page, headers, options);
  const files = ofIndex ?? (location.kind === 'index' ? [] : ((await readPage(url, headers, options)) ?? []));
  // Credentials belong to the host that they were given for.
  return files.map((file) => ({ ...file, headers: isSameOrigin(file.url, url) ? headers : {} }));
}

/** The path of a file: URL or of an address that is none; undefined for what is on the network. */
export function localPath(address: string): string | undefined {
  if (/^file:/i.test(address)) return pathOfFileUrl(address);
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(address)) return resolve(address);
  if (/^https?:/i.test(address)) return undefined;
  throw new InputError('it is neither a folder nor an address of http, https or file');
}

function pathOfFileUrl(address: string): string {
  try {
    return fileURLToPath(address);
  } catch (error) {
    throw new InputError('it is no address of a file on this machine, which has three slashes: file:///folder', {
      cause: error,
    });
  }
}

function listLocal(path: string, { kind }: IndexLocation, project: string): OfferedFile[] {
  try {
    const ofProject = join(path, project);
    if (kind === 'index' || (kind === 'either' && existsSync(ofProject)))
      return existsSync(ofProject) ? filesOf(ofProject) : requireFolder(path);
    return filesOf(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new InputError(describeSystemError(error), { cause: error });
  }
}

function requireFolder(path: string): [] {
  if (!existsSync(path)) throw new InputError('there is no such folder');
  return [];
}

/** The wheels of a folder, or what its index.html or a page of links names. */
function filesOf(path: string): OfferedFile[] {
  if (!existsSync(path)) throw new InputError('there is no such folder');
  const isFolder = statSync(path).isDirectory();
  const page = isFolder ? join(path, 'index.html') : path;
  const linked =
    !isFolder || existsSync(page) ? parseHtmlPage(readFileSync(page, 'utf8'), pathToFileURL(page).href) : [];
  const present = isFolder
    ? readdirSync(path)
        .filter((name) => name.endsWith('.whl'))
        .map((name) => ({ name, url: pathToFileURL(join(path, name)).href }))
    : [];
  const named = new Set(linked.map((file) => file.url));
  return [...linked, ...present.filter((file) => !named.has(file.url))].map((file) => ({ ...file, headers: {} }));
}

function isSameOrigin(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}

/** The files of a page; undefined where there is no such page. */
async function readPage(
  url: string,
  headers: Readonly<Record<string, string>>,
  options: ReadOptions,
): Promise<ProjectFile[] | undefined> {
  for (let attempt = 1; ; attempt++) {
    const result = await tryPage(url, headers, options);
    if (!('busy' in result)) return result.files;
    if (attempt === ATTEMPTS) throw new InputError(result.busy);
    await pause(200 * 2 ** attempt);
  }
}

type PageResult = { readonly files: ProjectFile[] | undefined } | { readonly busy: string };

async function tryPage(
  url: string,
  headers: Readonly<Record<string, string>>,
  { timeoutMs = 15_000, cert }: ReadOptions,
): Promise<PageResult> {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), timeoutMs);
  try {
    const response = await request(url, { headers: { accept: ACCEPT, ...headers }, signal: clock.signal });
    if (!response.ok) {
      await response.body?.cancel();
      return refusal(response, 'authorization' in headers);
    }
    const text = await readText(chunksOf(response, clock.signal), () => timer.refresh());
    return { files: parsePage(text, response.headers.get('content-type') ?? '', response.url || url) };
  } catch (error) {
    if (error instanceof TorchError) throw error;
    if (clock.signal.aborted) throw new InputError(`it sent nothing for ${timeoutMs / 1000} s`, { cause: error });
    const { reason, retry } = explainNetworkError(error);
    const hint = cert && /does not trust/.test(reason) ? `; pip is told of ${cert}` : '';
    if (retry) return { busy: reason };
    throw new InputError(`${reason}${hint}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function refusal({ status, statusText }: Response, withCredentials: boolean): PageResult {
  const said = `it answered ${status} ${statusText}`.trimEnd();
  if (status === 404 || status === 410) return { files: undefined };
  if (status === 401 || status === 403) {
    const advice = withCredentials
      ? 'check the user and password in its address'
      : 'put user and password into its address';
    throw new InputError(`${said}; ${advice}`);
  }
  if (status === 429 || status >= 500) return { busy: said };
  throw new InputError(said);
}

async function readText(chunks: AsyncIterable<Uint8Array>, alive: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    alive();
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_PAGE) throw new InputError(`its page is longer than ${LONGEST_PAGE / 2 ** 20} MiB`);
  }
  return text + decoder.decode();
}

function parsePage(text: string, type: string, url: string): ProjectFile[] {
  if (!/json/i.test(type)) return parseHtmlPage(text, url);
  try {
    return parseJsonPage(text, url);
  } catch (error) {
    throw new InputError(`${(error as Error).message}; a page of a proxy or a login may stand in its stead`, {
      cause: error,
    });
  }
}
