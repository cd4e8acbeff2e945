import { rename, rm, stat, utimes } from 'node:fs/promises';
import { download, DownloadError, hashFile } from '../../native/download';
import { withLock } from '../../native/lock';
import { requestOf, type RemoteFile } from './location';
import type { IndexedFile } from './shard-index';

/** What is to be fetched, and where to. */
export interface FetchJob {
  readonly remote: RemoteFile;
  readonly file: IndexedFile;
  readonly path: string;
}

/**
 * Fetches a file, which appears when it is whole and its checksum is right.
 * @throws DownloadError when it cannot be had, or is another one than the index says
 */
export async function fetchChecked({ remote, file, path }: FetchJob, signal: AbortSignal): Promise<void> {
  const { label, headers } = remote;
  const { filesize, sha256, md5sum } = file;
  const options = { request: requestOf(remote), headers, bytes: filesize, signal };
  if (sha256 !== undefined || md5sum === undefined) {
    await download(label, path, { ...options, sha256 });
    return;
  }
  await withLock(`${path}.unchecked`, async () => {
    if (await isThere(path, filesize)) return;
    await download(label, `${path}.unchecked`, options);
    const found = await hashFile(`${path}.unchecked`, 'md5');
    if (found === md5sum) return rename(`${path}.unchecked`, path);
    await rm(`${path}.unchecked`);
    throw new DownloadError(
      `${label} has the wrong content: expected MD5 ${md5sum}, found ${found}; what was fetched is deleted, try again or write the shards anew.`,
      label,
    );
  });
}

/** Whether a file is there; if so, it was used now. */
export async function isThere(path: string, bytes: number): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  if (info?.size !== bytes) return false;
  const now = new Date();
  // Another process may have deleted it since.
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}
