import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { withBar, type Listener } from '../listener';
import { replaceFile } from '../replace-file';
import { unzip } from '../unzip';
import { type Archive } from './archive';
import { MARKER, type Provenance } from './cache';
import { type Flavour } from './flavour';
import { inspectFolder } from './folder';

/** Python's bindings and the libraries of PyTorch's own tests. */
const LEFT_OUT =
  /^lib\/(libtorch_python|libshm|libtorch_global_deps|libaoti_custom_ops|libbackend_with_compiler|libjitbackend_test|libtorchbind_test)/;

/** A shared library; nothing links with the static ones. */
const LIBRARY = /^lib\/[^/]+\.(so|dylib)(\.[^/]+)?$/;
const VERSION_TEXT = /^(version\.py|build-version)$/;

/**
 * Where an entry of an official archive (`libtorch/lib/..`) or of a wheel (`torch/lib/..`) goes; undefined for what is not needed.
 * NVIDIA's wheels carry `nvidia/<package>/lib/*.so`; beside libtorch_cuda is where the loader looks first.
 * @param headers whether something is to be compiled: then headers and CMake's files are needed too
 */
export function targetOf(entry: string, headers = true): string | undefined {
  const nvidia = /^nvidia\/(?:[^/]+\/)+?lib\/([^/]+\.so[^/]*)$/.exec(entry)?.[1];
  if (nvidia) return `lib/${nvidia}`;
  const path = /^(?:libtorch|torch)\/(.+)$/.exec(entry)?.[1];
  if (path === undefined || LEFT_OUT.test(path)) return undefined;
  const isNeeded = LIBRARY.test(path) || VERSION_TEXT.test(path) || (headers && /^(include|share)\//.test(path));
  return isNeeded ? path : undefined;
}

/** What an unpacked folder is to be. */
export interface Build {
  readonly version: string;
  readonly flavour: Flavour;
  /** Whether something is to be compiled with it. */
  readonly headers: boolean;
}

/** Unpacks archives into `folder`, which appears at once and complete: it is built under another name and renamed as the last step. */
export async function unpackLibtorch(
  archives: readonly Archive[],
  folder: string,
  build: Build,
  listener: Listener,
): Promise<void> {
  const record = `${folder}.sha256`;
  const hashes = await compareWithRecord(record, archives);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    for (const archive of archives) {
      await withBar(listener, `unpacking ${archive.name}`, (bar) =>
        unzip(archive.path, partial, { target: (entry) => targetOf(entry, build.headers), onProgress: bar.update }),
      );
    }
    check(partial, archives, build);
    const marker: Provenance = {
      ...build,
      archives: archives.map((archive) => archive.name),
    };
    await writeFile(join(partial, MARKER), `${JSON.stringify(marker, null, 2)}\n`);
    // Only now, or what was cut or damaged the first time would keep out what is right the second time.
    replaceFile(record, [...hashes].map(([name, sha256]) => `${sha256}  ${name}\n`).join(''));
    await replace(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function check(partial: string, archives: readonly Archive[], { version, flavour, headers }: Build): void {
  const content = inspectFolder(partial, headers);
  const names = archives.map((archive) => archive.name).join(', ');
  if (typeof content === 'string') throw new InputError(`${names || 'Nothing'} holds no libtorch: ${content}.`);
  if (content.version !== version) throw new InputError(`${names} holds libtorch ${content.version}, not ${version}.`);
  if (content.flavour !== flavour) {
    throw new InputError(
      `${names} holds the flavour ${content.flavour}, not ${flavour}: ask for it with \`torchts setup --flavour ${content.flavour}\`, or name an index that has ${flavour} in TORCHTS_INDEX.`,
    );
  }
}

/** Puts `partial` where `folder` is; an older one is set aside first, so that a killed process leaves either of them whole. */
async function replace(partial: string, folder: string): Promise<void> {
  const old = `${folder}.old`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, old);
  await rename(partial, folder);
  await rm(old, { recursive: true, force: true });
}

/**
 * What an archive held the first time that it was right is what it must hold ever after; the record is in the format of sha256sum.
 * @returns the record with the archives in it, by name
 */
async function compareWithRecord(path: string, archives: readonly Archive[]): Promise<Map<string, string>> {
  const lines = existsSync(path) ? (await readFile(path, 'utf8')).split('\n').filter(Boolean) : [];
  const known = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const { name, sha256 } of archives) {
    const recorded = known.get(name);
    if (recorded && recorded !== sha256) {
      throw new InputError(
        `${name} has changed since it was first fetched: sha256 ${sha256}, recorded ${recorded}; delete ${path} if that is right.`,
      );
    }
    known.set(name, sha256);
  }
  return known;
}
