import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Flavour } from './flavour';

/** The versions that the C++ source compiles against; only the pinned one is ever fetched. */
const SUPPORTED_VERSIONS = { oldest: [2, 11], newest: [2, 14] } as const;

/** A folder with include/ and lib/ of libtorch. */
export interface LibtorchFolder {
  readonly folder: string;
  /** Like `2.13.0`, without the `+cpu` part. */
  readonly version: string;
  readonly flavour: Flavour;
}

/**
 * What `folder` holds, or one clause that says why it is no usable libtorch.
 * @param headers whether something is to be compiled with it
 */
export function inspectFolder(folder: string, headers = true): LibtorchFolder | string {
  if (!existsSync(folder)) return 'the folder does not exist';
  const missing = [
    join('lib', sharedLibrary('torch_cpu')),
    join('lib', sharedLibrary('c10')),
    ...(headers ? [join('include', 'ATen', 'core', 'Tensor.h')] : []),
  ].find((file) => !existsSync(join(folder, file)));
  if (missing) return `${missing} is missing`;
  const version = readVersion(folder);
  if (!version) return 'neither a header nor version.py tells its version';
  if (!supported(version)) {
    const { oldest, newest } = SUPPORTED_VERSIONS;
    return `it is version ${version}, and torchts takes ${oldest.join('.')} to ${newest.join('.')}`;
  }
  return { folder, version, flavour: readFlavour(folder) };
}

/** `libtorch_cpu.so` on Linux, `libtorch_cpu.dylib` on macOS. */
function sharedLibrary(name: string): string {
  return `lib${name}.${process.platform === 'darwin' ? 'dylib' : 'so'}`;
}

function supported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const { oldest, newest } = SUPPORTED_VERSIONS;
  return major === oldest[0] && minor >= oldest[1] && minor <= newest[1];
}

function readVersion(folder: string): string | undefined {
  const header = ['torch/headeronly/version.h', 'torch/csrc/api/include/torch/version.h']
    .map((file) => join(folder, 'include', file))
    .find((file) => existsSync(file) && /TORCH_VERSION_MAJOR \d/.test(readFileSync(file, 'utf8')));
  if (!header) return readVersionText(folder)?.[0];
  const text = readFileSync(header, 'utf8');
  return ['MAJOR', 'MINOR', 'PATCH']
    .map((part) => new RegExp(`TORCH_VERSION_${part} (\\d+)`).exec(text)?.[1] ?? '0')
    .join('.');
}

/** From the text beside the libraries; a CUDA build that does not tell its CUDA version counts as `cu000`. */
function readFlavour(folder: string): Flavour {
  const cuda = existsSync(join(folder, 'lib', sharedLibrary('torch_cuda')));
  return cuda ? ((readVersionText(folder)?.[1] ?? 'cu000') as Flavour) : 'cpu';
}

/** Version and flavour as the wheel's version.py or the official archive's build-version has them: `2.13.0` and `cu130`. */
function readVersionText(folder: string): readonly [version: string, flavour: string | undefined] | undefined {
  for (const file of ['build-version', 'version.py'].map((name) => join(folder, name)).filter(existsSync)) {
    const [, version, flavour] = /(\d+\.\d+\.\d+)(?:\+(\w+))?/.exec(readFileSync(file, 'utf8')) ?? [];
    if (version !== undefined) return [version, flavour];
  }
  return undefined;
}
