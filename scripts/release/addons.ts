import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { TorchError } from '../../ts/errors';
import { buildAddon } from '../../ts/native/build';
import { type Flavour } from '../../ts/native/libtorch/flavour';
import { inspectFolder, type LibtorchFolder } from '../../ts/native/libtorch/folder';
import { officialSite } from '../../ts/native/libtorch/indexes';
import { locateLibtorch } from '../../ts/native/libtorch/locate';
import { unpackLibtorch } from '../../ts/native/libtorch/unpack';
import { fetchTorchWheel } from '../../ts/native/libtorch/wheels';
import { type Listener } from '../../ts/native/listener';
import { LIBTORCH_VERSIONS } from '../../ts/native/package';
import { checkAddon } from './addon-check';
import { ROOT } from './manifests';

const BUILD = join(ROOT, 'build');

/** Any flavour will do: the headers are the same, and no library of CUDA's is linked to. */
const FLAVOURS: readonly Flavour[] = ['cpu', 'cu130', 'cu126'];

/**
 * Compiles the addons for each minor version of libtorch that torchts is shipped for, and checks them; what is compiled already is not
 * compiled again.
 * @param folders of libtorch, for versions that are not to be looked for or fetched
 * @returns the files, below build/release
 */
export async function buildAddons(folders: readonly string[], listener: Listener): Promise<string[]> {
  const given = folders.map((folder) => inspected(resolve(folder)));
  const addons: string[] = [];
  for (const version of LIBTORCH_VERSIONS) {
    const minor = minorOf(version);
    // That of the checkout is made of the same source in the same way.
    if (given.length === 0 && minorOf(inspected(libtorchOf(BUILD)).version) === minor) {
      addons.push(...installAddons(BUILD, join(ROOT, 'build/release')));
      continue;
    }
    const libtorch = given.find((one) => minorOf(one.version) === minor) ?? (await obtain(version, listener));
    listener.say(`libtorch ${libtorch.version} (${libtorch.flavour}): ${libtorch.folder}`);
    const build = join(ROOT, 'build/release', minor);
    await buildAddon({ libtorch: libtorch.folder, folder: build, listener });
    addons.push(...installAddons(build, join(ROOT, 'build/release')));
  }
  return addons;
}

/** A libtorch to compile against: whatever flavour is on this machine, else the first whose wheel can be fetched. */
async function obtain(version: string, listener: Listener): Promise<LibtorchFolder> {
  for (const flavour of FLAVOURS) {
    const { found } = locateLibtorch(flavour, { ...process.env, TORCHTS_LIBTORCH: '' }, { version });
    if (found) return found;
  }
  const folder = join(ROOT, 'build/release', `libtorch-${version}`);
  const earlier = inspectFolder(folder);
  if (typeof earlier !== 'string') return earlier;
  const problems: string[] = [];
  for (const flavour of FLAVOURS) {
    try {
      const downloads = `${folder}-download`;
      const wheel = await fetchTorchWheel(version, flavour, downloads, listener, officialSite());
      await unpackLibtorch([wheel], folder, { version, flavour, headers: true }, listener);
      rmSync(downloads, { recursive: true, force: true });
      return inspected(folder);
    } catch (error) {
      if (!(error instanceof TorchError)) throw error;
      problems.push(error.message);
    }
  }
  throw new Error(problems.join('\n'));
}

/** The libtorch folder that a build of CMake's is linked to. */
export function libtorchOf(build: string): string {
  return /^TORCHTS_LIBTORCH:\w+=(.+)$/m.exec(readFileSync(join(build, 'CMakeCache.txt'), 'utf8'))![1]!;
}

/** What CMakeLists.txt installs: the addon, the one that torch.distributed loads, and NCCL where it is compiled. */
const ADDONS = ['torchts', 'torchts_distributed', 'torchts_nccl'] as const;

/**
 * Installs the addons of a build of CMake's into `folder` under the minor version of their libtorch; gives the new files.
 * @param others libraries of further flavours of that version, for which their symbols are compared too
 * @throws Error that says why one cannot be shipped
 */
export function installAddons(build: string, folder: string, others: readonly string[] = []): string[] {
  const libtorch = inspected(libtorchOf(build));
  mkdirSync(folder, { recursive: true });
  execFileSync('cmake', ['--install', build, '--prefix', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const libraries = [join(libtorch.folder, 'lib'), ...others];
  return ADDONS.filter((name) => existsSync(join(folder, `${name}.node`))).map((name) => {
    const file = join(folder, `${name}-${minorOf(libtorch.version)}.node`);
    renameSync(join(folder, `${name}.node`), file);
    if (process.platform === 'linux') {
      const problems = checkAddon({ file, libraries, paths: [ROOT, libtorch.folder, `${homedir()}/`] });
      if (problems.length > 0) throw new Error(problems.join('\n'));
    }
    return file;
  });
}

function inspected(folder: string): LibtorchFolder {
  const content = inspectFolder(folder);
  if (typeof content === 'string') throw new Error(`${folder}: ${content}`);
  return content;
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
