import { join } from 'node:path';
import { InputError } from '../../errors';
import { download } from '../download';
import { withBar, type Listener } from '../listener';
import { LIBTORCH_VERSION } from '../package';
import { type Flavour } from './flavour';

/** A file that libtorch is unpacked from. */
export interface Archive {
  readonly path: string;
  /** Its name at the place it comes from. */
  readonly name: string;
  readonly sha256: string;
}

/**
 * The archives whose hash is known. PyTorch publishes none, so these are the ones on which
 * several projects that pin them agree; what is not listed is recorded at the first fetch.
 */
const SHA256: Readonly<Record<string, string>> = {
  'libtorch-shared-with-deps-2.13.0+cpu.zip': 'edbf4cbed78433d803e90a65f1752e57783d164bce66c95c0872b2ab8f5c159e',
  'libtorch-shared-with-deps-2.13.0+cu130.zip': '945c5a3d946a28b387ad9dc9fddda7ba03e35fae1375b84ebff15df789436f82',
  'libtorch-macos-arm64-2.13.0.zip': '1e10c6c4dc2764150c9fb2ad28e1889191302734e7f939108e5d2f22f21a06f8',
};

/** The CUDA builds have about 3 GB. */
const LONGEST_ARCHIVE = 16 * 2 ** 30;

/** The name of the official archive, or undefined where PyTorch publishes none (Linux on ARM, macOS on Intel). */
export function officialArchive(
  flavour: Flavour,
  platform: string = process.platform,
  arch: string = process.arch,
): string | undefined {
  if (platform === 'linux' && arch === 'x64') return `libtorch-shared-with-deps-${LIBTORCH_VERSION}+${flavour}.zip`;
  if (platform === 'darwin' && arch === 'arm64' && flavour === 'cpu')
    return `libtorch-macos-arm64-${LIBTORCH_VERSION}.zip`;
  return undefined;
}

/** Fetches the official archive of a flavour into `folder`. */
export async function fetchOfficial(
  flavour: Flavour,
  folder: string,
  listener: Listener,
  site: string,
): Promise<Archive[]> {
  const name = officialArchive(flavour);
  if (!name)
    throw new InputError(
      `PyTorch publishes no ${flavour} archive of libtorch for ${process.platform}-${process.arch}.`,
    );
  const url = `${site}/libtorch/${flavour}/${encodeURIComponent(name)}`;
  const file = await withBar(listener, name, (bar) =>
    download(url, join(folder, name), {
      sha256: SHA256[name],
      maxBytes: LONGEST_ARCHIVE,
      onProgress: ({ received, total }) => bar.update(received, total),
    }),
  );
  return [{ path: file.path, name, sha256: file.sha256 }];
}
