import { writeSync } from 'node:fs';
import { open, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { TorchError } from '../errors';
import { chunksOf, explainNetworkError, type request, rootCause } from './http';

/** A download that did not succeed; nothing at the destination looks complete. */
export class DownloadError extends TorchError {
  override readonly code = 'TTS_DOWNLOAD';

  constructor(
    message: string,
    readonly url: string,
    readonly details: {
      /** The HTTP status, when the server answered with one that is no success. */
      readonly status?: number;
      /** True when trying again may help: a cut connection, a busy server. */
      readonly retry?: boolean;
      /** True when what was received is of no use, so that the part is deleted. */
      readonly discard?: boolean;
      /** What the server asked to wait. */
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
  }

  get status(): number | undefined {
    return this.details.status;
  }
}

export interface DownloadProgress {
  /** Bytes on disk, those of an earlier, cut attempt included. */
  readonly received: number;
  /** Bytes of the whole file, when the server tells. */
  readonly total?: number;
}

export interface Transfer {
  readonly url: string;
  /** Sends the requests: those of HTTP, or of a store that is asked in another way. */
  readonly request: typeof request;
  /** The unfinished file; beside it `<part>.tag` holds the validator of the version it belongs to. */
  readonly part: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** The length of the file, where it is known beforehand. */
  readonly bytes?: number;
  /** No file is longer: a server that sends without end would fill the disk. */
  readonly maxBytes: number;
  /** Requests at once, for a long file from a server that has ranges. */
  readonly connections: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** One attempt to complete `transfer.part`: goes on where the last one was cut, when the server still has the same version. */
export async function attempt(transfer: Transfer): Promise<void> {
  await withSilenceClock(transfer, transfer.signal, (signal, alive) => receive(transfer, signal, alive));
}

/** Runs a request that ends when the server is silent for too long, and makes what goes wrong in it a DownloadError. */
export async function withSilenceClock<Result>(
  transfer: Transfer,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal, alive: () => void) => Promise<Result>,
): Promise<Result> {
  const clock = new AbortController();
  const signal = outer ? AbortSignal.any([outer, clock.signal]) : clock.signal;
  const timer = setTimeout(() => clock.abort(), transfer.timeoutMs);
  try {
    return await work(signal, () => timer.refresh());
  } catch (error) {
    if (transfer.signal?.aborted) throw transfer.signal.reason;
    if (error instanceof DownloadError && error.details.discard) await discardPart(transfer.part);
    throw networkError(error, transfer, clock.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

async function receive(transfer: Transfer, signal: AbortSignal, alive: () => void): Promise<void> {
  const have = await resumable(transfer.part);
  const range: Record<string, string> = have.tag ? { range: `bytes=${have.bytes}-`, 'if-range': have.tag } : {};
  const response = await transfer.request(transfer.url, {
    headers: { 'accept-encoding': 'identity', ...transfer.headers, ...range },
    signal,
  });
  alive();
  const start = await startOf(response, transfer, have.bytes);
  const length = Number(response.headers.get('content-length') ?? NaN);
  const total = Number.isFinite(length) ? start + length : undefined;
  await requireFile(transfer, response, total);
  if (start === 0) await remember(transfer.part, response);

  const file = await open(transfer.part, start > 0 ? 'r+' : 'w');
  try {
    const received = await pour(chunksOf(response, signal), file, start, (bytes) => {
      alive();
      refuseLonger(transfer, bytes);
      transfer.onProgress?.({ received: bytes, total: total ?? transfer.bytes });
    });
    const whole = total ?? transfer.bytes;
    if (whole !== undefined && received !== whole) {
      throw new DownloadError(`${transfer.url} was cut after ${received} of ${whole} bytes.`, transfer.url, {
        retry: true,
      });
    }
    // Before the rename that makes the file look complete: after a power cut, a name without its bytes would be one that lies.
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Refuses an answer that cannot be the file, before a byte of it is written. */
export async function requireFile(transfer: Transfer, response: Response, total: number | undefined): Promise<void> {
  const { url, bytes } = transfer;
  try {
    const encoding = response.headers.get('content-encoding') ?? 'identity';
    if (encoding !== 'identity') {
      throw new DownloadError(
        `${url} is sent compressed (${encoding}), which was not asked for; check the proxy between.`,
        url,
        { discard: true },
      );
    }
    if (total === undefined) return;
    refuseLonger(transfer, total);
    if (bytes !== undefined && total !== bytes) {
      throw new DownloadError(
        `${url} has the wrong length: expected ${bytes} bytes, the server announces ${total}.`,
        url,
        { discard: true },
      );
    }
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
}

function refuseLonger({ url, bytes, maxBytes }: Transfer, found: number): void {
  if (found > (bytes ?? maxBytes)) {
    throw new DownloadError(
      `${url} is longer than it may be: expected ${bytes === undefined ? `at most ${maxBytes}` : bytes} bytes; what was fetched is deleted.`,
      url,
      { discard: true },
    );
  }
}

/** Deletes an unfinished file with what is noted of it. */
export async function discardPart(part: string): Promise<void> {
  await Promise.all([rm(part, { force: true }), discardNotes(part)]);
}

/** Deletes what is noted of an unfinished file. */
export async function discardNotes(part: string): Promise<void> {
  await Promise.all(['.tag', '.pieces', '.pieces.tmp'].map((suffix) => rm(`${part}${suffix}`, { force: true })));
}

async function pour(
  chunks: AsyncIterable<Uint8Array>,
  file: FileHandle,
  start: number,
  onBytes: (received: number) => void,
): Promise<number> {
  let position = start;
  onBytes(position);
  for await (const chunk of chunks) {
    onBytes(position + chunk.byteLength);
    // At once: libuv's threads may be busy with a batch of images, and each piece would wait for all of it.
    for (let written = 0; written < chunk.byteLength;)
      written += writeSync(file.fd, chunk, written, chunk.byteLength - written, position + written);
    position += chunk.byteLength;
  }
  return position;
}

/** How much of the part can be continued: all of it when its validator is known, else nothing. */
async function resumable(part: string): Promise<{ bytes: number; tag?: string }> {
  const bytes = await stat(part).then(
    (info) => info.size,
    () => 0,
  );
  const tag = bytes > 0 ? await readFile(`${part}.tag`, 'utf8').catch(() => '') : '';
  return tag ? { bytes, tag } : { bytes: 0 };
}

/** What tells one version of a file from another: the ETag, else the date; undefined where the server tells neither. */
export function validatorOf({ headers }: Response): string | undefined {
  const etag = headers.get('etag');
  // A weak tag promises the same meaning, not the same bytes, so it cannot join two halves.
  return (etag && !etag.startsWith('W/') ? etag : headers.get('last-modified')) || undefined;
}

async function remember(part: string, response: Response): Promise<void> {
  await discardNotes(part);
  const tag = validatorOf(response);
  if (tag) await writeFile(`${part}.tag`, tag);
}

/** The byte at which the body of `response` begins; throws for an answer that carries no part of the file. */
async function startOf(response: Response, { url, part }: Transfer, have: number): Promise<number> {
  if (response.status === 206) {
    const start = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? NaN);
    if (start === have) return start;
  } else if (response.ok) {
    return 0;
  }
  await response.body?.cancel();
  if (response.status === 206 || response.status === 416) {
    // The part does not fit the file any more: forget it, the next attempt starts at zero.
    await discardPart(part);
    throw new DownloadError(`${url} did not continue at byte ${have}.`, url, { retry: true });
  }
  throw refusalOf(response, url);
}

/** The error for an answer that is no success. */
export function refusalOf(response: Response, url: string): DownloadError {
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  return new DownloadError(`${url} answered ${response.status} ${response.statusText}.`.replace(' .', '.'), url, {
    status: response.status,
    retry: response.status === 408 || response.status === 429 || response.status >= 500,
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
  });
}

function networkError(error: unknown, { url, part, timeoutMs }: Transfer, timedOut: boolean): Error {
  if (error instanceof TorchError) return error;
  if (timedOut) {
    return new DownloadError(`${url} sent nothing for ${timeoutMs / 1000} s.`, url, { retry: true, cause: error });
  }
  const code = String((rootCause(error) as NodeJS.ErrnoException).code ?? '');
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new DownloadError(`The disk is full: ${part} could not be written.`, url, { cause: error });
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new DownloadError(`${part} cannot be written (${code}).`, url, { cause: error });
  }
  const { reason, retry } = explainNetworkError(error);
  return new DownloadError(`${url} could not be fetched: ${reason}.`, url, { retry, cause: error });
}
