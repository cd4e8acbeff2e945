import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../../errors';
import { download, DownloadError, type DownloadProgress } from '../../native/download';
import { withLock } from '../../native/lock';

/** Twice the longest of the official archives, in bytes. */
const LONGEST_ARCHIVE = 4 * 2 ** 30;

export interface DownloadVocOptions {
  /** @default both */
  readonly years?: readonly VocYear[];
  /** What to fetch instead of the official archives: from a mirror of one's own, say. @default those of `years` */
  readonly archives?: readonly VocArchive[];
  /** The address of a folder that holds the archives under their names, instead of the sources that `archives` names. @default none */
  readonly mirror?: string;
  /** Attempts in a row without progress before the next source is tried. @default 5 */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
  /** Told for every chunk of an archive. */
  readonly onProgress?: (archive: string, progress: DownloadProgress) => void;
}

export interface DownloadedArchive {
  readonly path: string;
  /** False when it was there. */
  readonly fetched: boolean;
}

/**
 * Makes sure that the archives of Pascal VOC lie in `folder`, whole and with the right MD5; they are read in place
 * and need no unpacking. A cut download goes on where it stopped, and the next source is tried when one fails.
 * @throws DownloadError with the reasons of all sources, when none of them works
 */
export async function downloadVoc(folder: string, options: DownloadVocOptions = {}): Promise<DownloadedArchive[]> {
  const named = options.archives ?? (options.years ?? (['2007', '2012'] as const)).flatMap((year) => vocArchives[year]);
  const archives =
    options.mirror === undefined
      ? named
      : named.map((archive) => ({ ...archive, urls: [inFolder(options.mirror!, archive.name)] }));
  const results: DownloadedArchive[] = [];
  for (const archive of archives) {
    const path = join(folder, archive.name);
    const fetched = await withLock(`${path}.unchecked`, async () => {
      if (existsSync(path) && (await md5Of(path)) === archive.md5) return false;
      await fetchFromAny(archive, path, options);
      return true;
    });
    results.push({ path, fetched });
  }
  return results;
}

/** @throws InputError when the address is none of http(s) */
function inFolder(folder: string, name: string): string {
  if (!/^https?:\/\//.test(folder) || !URL.canParse(folder))
    throw new InputError(`Expected the address of a mirror, such as https://example.org/voc, found ${folder}.`);
  return `${folder.replace(/\/+$/, '')}/${name}`;
}

async function fetchFromAny({ name, md5, urls }: VocArchive, path: string, options: DownloadVocOptions): Promise<void> {
  const { attempts, signal, onProgress } = options;
  const reasons: string[] = [];
  for (const url of urls) {
    try {
      await download(url, `${path}.unchecked`, {
        attempts,
        signal,
        maxBytes: LONGEST_ARCHIVE,
        onProgress: (progress) => onProgress?.(name, progress),
      });
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      reasons.push(error.message);
      continue;
    }
    const found = await md5Of(`${path}.unchecked`);
    if (found === md5) return rename(`${path}.unchecked`, path);
    // Deleted, or the next source would seem to be done already.
    await rm(`${path}.unchecked`);
    reasons.push(`${url} has the wrong content: expected MD5 ${md5}, found ${found}.`);
  }
  throw new DownloadError(
    `${name} could not be fetched: ${reasons.join(' ')} Try again later, or put the file at ${path} yourself.`,
    urls[0]!,
  );
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** What the official Pascal VOC holds: from its own pages and torchvision's `voc.py`, counted again in its annotations. */

export type VocYear = '2007' | '2012';

export interface VocArchive {
  readonly name: string;
  readonly md5: string;
  /** Tried in this order. */
  readonly urls: readonly string[];
}

export interface VocRelease {
  readonly images: number;
  /** Objects that are not marked difficult. */
  readonly objects: number;
}

const host = 'http://host.robots.ox.ac.uk/pascal/VOC';
const mirror = 'http://pjreddie.com/media/files';

function archive(name: string, folder: string, md5: string): VocArchive {
  return { name, md5, urls: [`${host}/${folder}/${name}`, `${mirror}/${name}`] };
}

export const vocArchives: Readonly<Record<VocYear, readonly VocArchive[]>> = {
  2007: [
    archive('VOCtrainval_06-Nov-2007.tar', 'voc2007', 'c52e279531787972c589f7e41ab4ae64'),
    archive('VOCtest_06-Nov-2007.tar', 'voc2007', 'b6e924de25625d8de591ea690078ad9f'),
  ],
  // The annotations of its test set were never published.
  2012: [archive('VOCtrainval_11-May-2012.tar', 'voc2012', '6cd6e144f989b92b3379bac3b3de84fd')],
};

/** By split. */
export const vocReleases: Readonly<Record<string, VocRelease>> = {
  '2007/train': { images: 2501, objects: 6301 },
  '2007/val': { images: 2510, objects: 6307 },
  '2007/trainval': { images: 5011, objects: 12_608 },
  '2007/test': { images: 4952, objects: 12_032 },
  '2012/train': { images: 5717, objects: 13_609 },
  '2012/val': { images: 5823, objects: 13_841 },
  '2012/trainval': { images: 11_540, objects: 27_450 },
};
