import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { LIBTORCH_VERSION } from '../../../ts/native/package';
import { writeZip } from '../../data/zip-writer';

/** What decides where libtorch and packages are looked for, and by which way. */
const DECIDING =
  /^(HOME|PATH|LD_LIBRARY_PATH|VIRTUAL_ENV|CONDA_PREFIX|XDG_CACHE_HOME|XDG_CONFIG_(HOME|DIRS)|PIP_.*|TORCHTS_(LIBTORCH|PYTHON|FLAVOUR|INDEX|MIRROR)|(HTTPS?|NO|ALL)_PROXY)$/i;

/** The files of a tiny libtorch: everything by which one is recognised, nothing that can be linked. */
export function libtorchFiles(version = LIBTORCH_VERSION, flavour = 'cpu'): Record<string, string> {
  const [major, minor, patch] = version.split('.');
  return {
    'include/torch/headeronly/version.h': `#define TORCH_VERSION_MAJOR ${major}\n#define TORCH_VERSION_MINOR ${minor}\n#define TORCH_VERSION_PATCH ${patch}\n`,
    'include/ATen/core/Tensor.h': '#pragma once\n',
    'lib/libtorch_cpu.so': 'code',
    'lib/libtorch_cpu.dylib': 'code',
    'lib/libc10.so': 'code',
    'lib/libc10.dylib': 'code',
    'share/cmake/Torch/TorchConfig.cmake': '',
    'version.py': `__version__ = '${version}+${flavour}'\n`,
    ...(flavour === 'cpu' ? {} : { 'lib/libtorch_cuda.so': 'code', 'lib/libtorch_cuda.dylib': 'code' }),
  };
}

/** A zip with `files` under one top folder. */
export function archiveOf(top: string, files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return writeZip(prefixed(top, files));
}

/** A zip in which one byte of `content`, which it stores as it is, has flipped. */
export function damaged(zip: Buffer, content: string): Buffer {
  const position = zip.indexOf(content);
  zip.writeUInt8(zip.readUInt8(position) ^ 1, position);
  return zip;
}

/** The tag of a wheel for this machine that asks for nothing. */
export const PLATFORM_TAG =
  process.platform === 'darwin'
    ? `macosx_11_0_${process.arch === 'x64' ? 'x86_64' : 'arm64'}`
    : `linux_${process.arch === 'x64' ? 'x86_64' : 'aarch64'}`;

/** A machine with an empty home, a folder of wheels as its only index, and a `python3` that is a script of ours; `restore` gives the real one back. */
export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'torchts-machine-'));
  readonly home = join(this.root, 'home');
  readonly wheels = join(this.root, 'wheels');
  readonly #bin = join(this.root, 'bin');
  readonly #before = Object.entries(process.env).filter(([name]) => DECIDING.test(name));

  constructor() {
    for (const folder of [this.home, this.wheels, this.#bin]) mkdirSync(folder);
    const path = process.env.PATH;
    this.#clear();
    Object.assign(process.env, {
      HOME: this.home,
      PATH: `${this.#bin}${delimiter}${path}`,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: this.wheels,
    });
    this.python('exit 1');
  }

  get cache(): string {
    return join(this.home, '.cache', 'torchts');
  }

  restore(): void {
    this.#clear();
    Object.assign(process.env, Object.fromEntries(this.#before));
    rmSync(this.root, { recursive: true });
  }

  #clear(): void {
    for (const name of Object.keys(process.env)) if (DECIDING.test(name)) delete process.env[name];
  }

  /** Replaces `python3` and `python` by a shell script. */
  python(script: string): void {
    for (const name of ['python3', 'python']) this.command(name, script);
  }

  /** Puts a shell script before everything else on PATH. */
  command(name: string, script: string): void {
    writeFileSync(join(this.#bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.#bin, name), 0o755);
  }

  /** A Python that would import torch from `folder`. */
  pythonTorch(folder: string, version: string): void {
    this.python(`[ "$1" = -c ] && { echo "${folder}"; echo "${version}"; exit 0; }; exit 1`);
  }

  write(folder: string, files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  /** A wheel of torch among the wheels of this machine. */
  wheel(version = LIBTORCH_VERSION, flavour = 'cpu', extra: Readonly<Record<string, string>> = {}): string {
    const path = join(this.wheels, `torch-${version}+${flavour}-cp311-cp311-${PLATFORM_TAG}.whl`);
    writeFileSync(path, torchWheel(version, flavour, extra));
    return path;
  }
}

/** A wheel of torch; `requires` are the lines Requires-Dist of its metadata. */
export function torchWheel(
  version = LIBTORCH_VERSION,
  flavour = 'cpu',
  extra: Readonly<Record<string, string | Uint8Array>> = {},
  requires: readonly string[] = [],
): Buffer {
  const files = {
    ...libtorchFiles(version, flavour),
    'lib/libtorch_python.so': 'bindings',
    '__init__.py': '',
    ...extra,
  };
  return wheelOf('torch', `${version}+${flavour}`, prefixed('torch', files), requires);
}

/** A wheel of any package. */
export function wheelOf(
  name: string,
  version: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  requires: readonly string[] = [],
): Buffer {
  const lines = ['Metadata-Version: 2.4', `Name: ${name}`, `Version: ${version}`];
  const metadata = [...lines, ...requires.map((text) => `Requires-Dist: ${text}`), '', 'Prose.', ''].join('\n');
  return writeZip({ ...files, [`${name}-${version}.dist-info/METADATA`]: metadata });
}

function prefixed(
  top: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Record<string, string | Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([path, data]) => [`${top}/${path}`, data]));
}
