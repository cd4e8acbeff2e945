import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { request } from './http';
import { withLock } from './lock';
import { bytesOfPieces, fetchPieces } from './pieces';
import { attempt, discardNotes, DownloadError, type DownloadProgress, type Transfer } from './transfer';

export { DownloadError, type DownloadProgress };

export interface DownloadOptions {
  /** The hash the file must have, hexadecimal. @default none: any content is taken */
  readonly sha256?: string;
  /** The length the file must have, in bytes. @default none: any length up to `maxBytes` is taken */
  readonly bytes?: number;
  /** The longest file that is taken, in bytes. @default 64 GiB */
  readonly maxBytes?: number;
  /** Requests at once, for a long file from a server that has ranges. Minimum: 1. @default 1 */
  readonly connections?: number;
  /** Sends the requests, for what is fetched in another way; gives responses such as those of `fetch`. @default HTTP(S) */
  readonly request?: typeof request;
  /** Sent with every request; `authorization` is not passed on to another host after a redirect. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Attempts in a row that may bring no byte before it gives up. Minimum: 1. @default 5 */
  readonly attempts?: number;
  /** The longest silence of the server, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Fetches although the destination exists. @default false */
  readonly force?: boolean;
  /** Stops the download; the part stays and a later call goes on from it. @default none */
  readonly signal?: AbortSignal;
  /** Called for every chunk. @default none */
  readonly onProgress?: (progress: DownloadProgress) => void;
}

export interface DownloadResult {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** False when the destination was already there. */
  readonly fetched: boolean;
}

/**
 * Fetches `url` into the file `destination`, which appears only when it is complete and its hash is right.
 *
 * Until then the bytes are in `<destination>.part`. A cut connection, a killed process and a second call go on
 * from there (HTTP range, guarded by the server's ETag or date); a server without ranges is read again from the start.
 * With `connections`, a long file comes in pieces by several requests, under the same guards.
 * Two processes that ask for the same destination at once: the second waits and takes the result.
 *
 * @throws DownloadError with `status` set when the server answered with an error
 */
export async function download(
  url: string,
  destination: string,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  await mkdir(dirname(destination), { recursive: true });
  return withLock(`${destination}.part`, async () => {
    const existing = options.force ? undefined : await fingerprint(destination, options);
    if (existing) return { path: destination, ...existing, fetched: false };

    const part = `${destination}.part`;
    await complete(
      {
        timeoutMs: 30_000,
        maxBytes: 64 * 2 ** 30,
        connections: 1,
        request,
        ...definedOnly(options),
        headers: options.headers ?? {},
        url,
        part,
      },
      options.attempts ?? 5,
    );
    const sha256 = await sha256File(part);
    await discardNotes(part);
    if (options.sha256 && sha256 !== options.sha256.toLowerCase()) {
      await rm(part, { force: true });
      throw new DownloadError(
        `${url} has the wrong content: expected sha256 ${options.sha256}, found ${sha256}; what was fetched is deleted, try again or use another source.`,
        url,
      );
    }
    await rename(part, destination);
    return { path: destination, bytes: (await stat(destination)).size, sha256, fetched: true };
  });
}

/** The sha256 of a file, hexadecimal. */
export function sha256File(path: string): Promise<string> {
  return hashFile(path);
}

/** A hash of a file, hexadecimal. Other work goes on between its pieces; none of them waits for those who use libuv's threads. */
export async function hashFile(path: string, algorithm: 'md5' | 'sha256' = 'sha256'): Promise<string> {
  const hash = createHash(algorithm);
  const piece = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, 'r');
  try {
    for (let bytes = 1; bytes > 0;) {
      bytes = readSync(file, piece);
      hash.update(piece.subarray(0, bytes));
      await setImmediate();
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** Size and hash of a file that is there and right; a wrong one is fetched again. */
async function fingerprint(
  path: string,
  { sha256: expected, bytes }: DownloadOptions,
): Promise<{ bytes: number; sha256: string } | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile() || (bytes !== undefined && info.size !== bytes)) return undefined;
  const sha256 = await sha256File(path);
  return !expected || sha256 === expected.toLowerCase() ? { bytes: info.size, sha256 } : undefined;
}

async function complete(transfer: Transfer, attempts: number): Promise<void> {
  let { connections } = transfer;
  for (let fruitless = 0, furthest = await bytesNow(transfer.part); ;) {
    try {
      // What was begun in one stretch is ended so.
      const inPieces = transfer.connections > 1 && (await sizeOf(`${transfer.part}.tag`)) === 0;
      if (inPieces && (await fetchPieces({ ...transfer, connections }))) return;
      return await attempt(transfer);
    } catch (error) {
      if (!(error instanceof DownloadError) || !error.details.retry) throw error;
      const reached = await bytesNow(transfer.part);
      fruitless = reached > furthest ? 1 : fruitless + 1;
      furthest = Math.max(furthest, reached);
      if (fruitless >= attempts) {
        throw new DownloadError(`${error.message} Gave up after ${attempts} attempts without progress.`, transfer.url, {
          status: error.status,
          cause: error,
        });
      }
      // A server may let in only so many at once.
      connections = Math.max(1, connections >> 1);
      await pause(error.details.retryAfterMs ?? 250 * 2 ** fruitless, transfer.signal);
    }
  }
}

/** Bytes of the part that need not be fetched again. */
async function bytesNow(part: string): Promise<number> {
  return (await bytesOfPieces(part)) ?? (await sizeOf(part));
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return setTimeout(Math.min(ms, 60_000), undefined, { signal });
}

/** Without the keys whose value is undefined, so that they do not overwrite a default. */
function definedOnly<Options extends object>(options: Options): Partial<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<Options>;
}
