import { join } from 'node:path';
import { InputError } from '../../errors';
import { download } from '../download';
import { withoutCredentials } from '../http';
import { withBar, type Listener } from '../listener';
import { LIBTORCH_VERSION } from '../package';
import { type Flavour } from './flavour';
import { SHA256 } from './hashes';

/** A file that libtorch is unpacked from. */
export interface Archive {
  readonly path: string;
  /** Its name at the place it comes from. */
  readonly name: string;
  readonly sha256: string;
}

/** Requests at once; a server that lets in fewer gets fewer. */
export const CONNECTIONS = 4;

/** The CUDA builds have about 3 GB. */
const LONGEST_ARCHIVE = 16 * 2 ** 30;

/** The name of the official archive, or undefined where PyTorch publishes none (Linux on ARM, macOS on Intel). */
export function officialArchive(
  flavour: Flavour,
  version: string = LIBTORCH_VERSION,
  platform: string = process.platform,
  arch: string = process.arch,
): string | undefined {
  if (platform === 'linux' && arch === 'x64') return `libtorch-shared-with-deps-${version}+${flavour}.zip`;
  if (platform === 'darwin' && arch === 'arm64' && flavour === 'cpu') return `libtorch-macos-arm64-${version}.zip`;
  return undefined;
}

/** Fetches the official archive of a flavour into `folder`. */
export async function fetchOfficial(
  version: string,
  flavour: Flavour,
  folder: string,
  listener: Listener,
  site: string,
): Promise<Archive[]> {
  const name = officialArchive(flavour, version);
  if (!name)
    throw new InputError(
      `PyTorch publishes no ${flavour} archive of libtorch for ${process.platform}-${process.arch}.`,
    );
  const { url, headers } = withoutCredentials(`${site}/libtorch/${flavour}/${encodeURIComponent(name)}`);
  const file = await withBar(listener, name, (bar) =>
    download(url, join(folder, name), {
      sha256: SHA256[name],
      maxBytes: LONGEST_ARCHIVE,
      connections: CONNECTIONS,
      headers,
      onProgress: ({ received, total }) => bar.update(received, total),
    }),
  );
  return [{ path: file.path, name, sha256: file.sha256 }];
}
