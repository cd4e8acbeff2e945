import { open, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { chunksOf } from './http';
import {
  DownloadError,
  discardPart,
  refusalOf,
  requireFile,
  validatorOf,
  withSilenceClock,
  type Transfer,
} from './transfer';

/** Bytes asked for at once: a download that is cut fetches at most one of them again for each connection. */
export const PIECE_BYTES = 4 * 2 ** 20;

/** What `<part>.pieces` holds: which pieces of the part are complete. */
interface PieceRecord {
  /** The server's ETag or date of the version that the pieces are from. */
  readonly validator: string;
  /** Bytes of the whole file. */
  readonly total: number;
  readonly pieceBytes: number;
  /** The indices of the complete pieces. */
  readonly done: readonly number[];
}

/**
 * Completes `transfer.part` by several range requests at once, going on from the pieces that are there.
 * @returns false, with nothing written, where the server has no ranges or does not tell versions apart
 * @throws DownloadError; the complete pieces stay, and are noted in `<part>.pieces`
 */
export async function fetchPieces(transfer: Transfer): Promise<boolean> {
  const download = await PieceDownload.begin(transfer);
  if (!download) return false;
  await download.complete();
  return true;
}

/** Bytes of the complete pieces of a part; undefined for a part that is not in pieces. */
export async function bytesOfPieces(part: string): Promise<number | undefined> {
  const record = await readRecord(part);
  return record?.done.reduce((sum, index) => sum + pieceLength(record, index), 0);
}

class PieceDownload {
  readonly #done: Set<number>;
  /** Bytes of pieces that are on their way. */
  readonly #underway = new Map<number, number>();
  readonly #stop = new AbortController();
  /** The record is written by one at a time, in order. */
  #writing: Promise<void> = Promise.resolve();
  readonly #transfer: Transfer;
  readonly #record: PieceRecord;
  readonly #file: FileHandle;

  private constructor(transfer: Transfer, record: PieceRecord, file: FileHandle) {
    this.#transfer = transfer;
    this.#record = record;
    this.#file = file;
    this.#done = new Set(record.done);
  }

  /** Opens the part: that of an earlier attempt, or a new one with the first piece in it. */
  static async begin(transfer: Transfer): Promise<PieceDownload | undefined> {
    const { part } = transfer;
    const record = await readRecord(part);
    if (record) {
      const file = await open(part, 'r+').catch(() => undefined);
      if (file) return new PieceDownload(transfer, record, file);
      await discardPart(part);
    }
    return withSilenceClock(transfer, transfer.signal, async (signal, alive) => {
      const response = await ask(transfer, 0, PIECE_BYTES - 1, undefined, signal);
      alive();
      const begun = await describe(transfer, response);
      if (!begun) {
        await response.body?.cancel();
        return undefined;
      }
      const download = new PieceDownload(transfer, begun, await open(part, 'w'));
      await download.#store(0, chunksOf(response, signal), alive).catch(async (error: unknown) => {
        await download.#file.close();
        throw error;
      });
      return download;
    });
  }

  async complete(): Promise<void> {
    const transfer = this.#transfer;
    const record = this.#record;
    const file = this.#file;
    try {
      const missing = Array.from({ length: Math.ceil(record.total / record.pieceBytes) }, (_, index) => index)
        .filter((index) => !this.#done.has(index))
        .reverse();
      this.#report();
      const worker = async (): Promise<void> => {
        for (let index = missing.pop(); index !== undefined; index = missing.pop()) await this.#fetchPiece(index);
      };
      const workers = Array.from({ length: transfer.connections }, () =>
        worker().catch((error: unknown) => {
          // The first one says what is wrong; the others end with it.
          if (!this.#stop.signal.aborted) this.#stop.abort(error);
        }),
      );
      await Promise.all(workers);
      await this.#writing;
      if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
      await file.sync();
    } catch (error) {
      // Only now, when nobody writes a record any more.
      if (error instanceof DownloadError && error.details.discard) await discardPart(transfer.part);
      throw error;
    } finally {
      await file.close();
    }
  }

  async #fetchPiece(index: number): Promise<void> {
    const transfer = this.#transfer;
    const record = this.#record;
    const outer = transfer.signal ? AbortSignal.any([transfer.signal, this.#stop.signal]) : this.#stop.signal;
    await withSilenceClock(transfer, outer, async (signal, alive) => {
      const start = index * record.pieceBytes;
      const end = start + pieceLength(record, index) - 1;
      const response = await ask(transfer, start, end, record.validator, signal);
      alive();
      const range = rangeOf(response);
      if (range?.start !== start || range.total !== record.total) {
        await response.body?.cancel();
        if (!response.ok && response.status !== 416) throw refusalOf(response, transfer.url);
        // The file has changed: nothing of the part is of use.
        const message = `${transfer.url} did not continue at byte ${start}.`;
        throw new DownloadError(message, transfer.url, { retry: true, discard: true });
      }
      await this.#store(index, chunksOf(response, signal), alive);
    });
  }

  /** Writes the body of a response as a piece, and notes it once it is whole. */
  async #store(index: number, chunks: AsyncIterable<Uint8Array>, alive: () => void): Promise<void> {
    const transfer = this.#transfer;
    const record = this.#record;
    const file = this.#file;
    const start = index * record.pieceBytes;
    const length = pieceLength(record, index);
    let received = 0;
    try {
      for await (const chunk of chunks) {
        alive();
        if (received + chunk.byteLength > length)
          throw new DownloadError(
            `${transfer.url} sent more than the ${length} bytes that it was asked for at byte ${start}.`,
            transfer.url,
            { discard: true },
          );
        await file.write(chunk, 0, chunk.byteLength, start + received);
        received += chunk.byteLength;
        this.#underway.set(index, received);
        this.#report();
      }
    } finally {
      this.#underway.delete(index);
    }
    if (received !== length) {
      const message = `${transfer.url} was cut after ${received} of ${length} bytes at byte ${start}.`;
      throw new DownloadError(message, transfer.url, { retry: true });
    }
    this.#done.add(index);
    this.#writing = this.#writing.then(() => writeRecord(transfer.part, { ...record, done: [...this.#done] }));
    await this.#writing;
  }

  #report(): void {
    const record = this.#record;
    const transfer = this.#transfer;
    let received = 0;
    for (const index of this.#done) received += pieceLength(record, index);
    for (const bytes of this.#underway.values()) received += bytes;
    transfer.onProgress?.({ received, total: record.total });
  }
}

function ask(
  { url, headers, request }: Transfer,
  start: number,
  end: number,
  validator: string | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const range = { range: `bytes=${start}-${end}`, ...(validator && { 'if-range': validator }) };
  return request(url, { headers: { 'accept-encoding': 'identity', ...headers, ...range }, signal });
}

/** What the first answer tells of the file; undefined where it is not to be had in pieces. */
async function describe(transfer: Transfer, response: Response): Promise<PieceRecord | undefined> {
  if (!response.ok && response.status !== 416) {
    await response.body?.cancel();
    throw refusalOf(response, transfer.url);
  }
  const range = rangeOf(response);
  const validator = validatorOf(response);
  if (range?.start !== 0 || !validator) return undefined;
  await requireFile(transfer, response, range.total);
  return { validator, total: range.total, pieceBytes: PIECE_BYTES, done: [] };
}

function rangeOf({ status, headers }: Response): { readonly start: number; readonly total: number } | undefined {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
  return status === 206 && total !== undefined ? { start: Number(start), total: Number(total) } : undefined;
}

function pieceLength({ total, pieceBytes }: PieceRecord, index: number): number {
  return Math.min(pieceBytes, total - index * pieceBytes);
}

async function readRecord(part: string): Promise<PieceRecord | undefined> {
  try {
    return JSON.parse(await readFile(`${part}.pieces`, 'utf8')) as PieceRecord;
  } catch {
    return undefined;
  }
}

/** At any moment there is the old record or the new one. */
async function writeRecord(part: string, record: PieceRecord): Promise<void> {
  await writeFile(`${part}.pieces.tmp`, JSON.stringify(record));
  await rename(`${part}.pieces.tmp`, `${part}.pieces`);
}
