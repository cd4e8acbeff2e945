import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { LIBTORCH_VERSION } from '../../../ts/native/package';
import { writeZip } from '../../data/zip-writer';

const CHANGED = [
  'HOME',
  'PATH',
  'XDG_CACHE_HOME',
  'TORCHTS_LIBTORCH',
  'TORCHTS_PYTHON',
  'TORCHTS_FLAVOUR',
  'FAKE_WHEELS',
];

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
  return writeZip(Object.fromEntries(Object.entries(files).map(([path, data]) => [`${top}/${path}`, data])));
}

/** A zip in which one byte of `content`, which it stores as it is, has flipped. */
export function damaged(zip: Buffer, content: string): Buffer {
  const position = zip.indexOf(content);
  zip.writeUInt8(zip.readUInt8(position) ^ 1, position);
  return zip;
}

/** A machine with an empty home and a `python3` that is a script of ours; `restore` gives the real one back. */
export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'torchts-machine-'));
  readonly home = join(this.root, 'home');
  readonly wheels = join(this.root, 'wheels');
  private readonly bin = join(this.root, 'bin');
  private readonly before = CHANGED.map((name) => [name, process.env[name]] as const);

  constructor() {
    for (const folder of [this.home, this.wheels, this.bin]) mkdirSync(folder);
    for (const name of CHANGED) if (name !== 'PATH') delete process.env[name];
    Object.assign(process.env, {
      HOME: this.home,
      PATH: `${this.bin}${delimiter}${process.env.PATH}`,
      FAKE_WHEELS: this.wheels,
    });
    this.python('exit 1');
  }

  get cache(): string {
    return join(this.home, '.cache', 'torchts');
  }

  restore(): void {
    for (const [name, value] of this.before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(this.root, { recursive: true });
  }

  /** Replaces `python3` and `python` by a shell script. */
  python(script: string): void {
    for (const name of ['python3', 'python']) this.command(name, script);
  }

  /** Puts a shell script before everything else on PATH. */
  command(name: string, script: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  /** A Python without torch whose pip "downloads" the wheels that `wheel` made, and notes how it was called. */
  pip(): void {
    this.python(`
case "$1" in
  -m) echo "$*" >> "${this.root}/pip.log"
      while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest="$2"; shift; done
      ls "$FAKE_WHEELS"/*.whl > /dev/null 2>&1 || { echo "ERROR: No matching distribution found for torch" >&2; exit 1; }
      cp "$FAKE_WHEELS"/*.whl "$dest" ;;
  *) exit 1 ;;
esac`);
  }

  /** The calls of pip, one line each. */
  pipCalls(): string[] {
    const log = join(this.root, 'pip.log');
    return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
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

  /** A wheel of torch in the index of the fake pip. */
  wheel(version = LIBTORCH_VERSION, flavour = 'cpu', extra: Readonly<Record<string, string>> = {}): string {
    const name = join(this.wheels, `torch-${version}+${flavour}-cp311-cp311-linux_x86_64.whl`);
    const files = {
      ...libtorchFiles(version, flavour),
      'lib/libtorch_python.so': 'bindings',
      '__init__.py': '',
      ...extra,
    };
    writeFileSync(name, archiveOf('torch', files));
    return name;
  }
}
