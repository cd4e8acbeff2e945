import { buffer } from 'node:stream/consumers';
import * as yauzl from 'yauzl';
import { InputError } from '../../errors';
import { request } from '../http';
import { localPath, type OfferedFile } from './package-index';

/** METADATA of packages has some kilobytes; torch's 30. */
const LONGEST_METADATA = 4 * 2 ** 20;

/**
 * The METADATA within a wheel on this machine.
 * @throws InputError for a wheel that cannot be read or has none
 */
export async function readMetadata(path: string): Promise<string> {
  try {
    const zip = await yauzl.openPromise(path);
    for await (const entry of zip.eachEntry()) {
      if (!/^[^/]+\.dist-info\/METADATA$/.test(entry.fileName) || entry.uncompressedSize > LONGEST_METADATA) continue;
      const content = await buffer(await zip.openReadStreamPromise(entry));
      zip.close();
      return content.toString('utf8');
    }
  } catch (error) {
    throw new InputError(`${path} cannot be unpacked: ${(error as Error).message}.`, { cause: error });
  }
  throw new InputError(`${path} is no wheel: it has no METADATA.`);
}

/** The METADATA of an offered wheel without fetching it; undefined where it cannot be had so. */
export async function peekMetadata(file: OfferedFile, timeoutMs = 15_000): Promise<string | undefined> {
  const path = localPath(file.url);
  if (path !== undefined) return readMetadata(path);
  if (!file.hasMetadata) return undefined;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await request(`${file.url}.metadata`, { headers: { ...file.headers }, signal });
    if (response.ok) return await response.text();
    await response.body?.cancel();
  } catch {
    // It is a shortcut: what is wrong with the wheel, fetching it says.
  }
  return undefined;
}
