import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where the library of the driver lies: on Debian, on Fedora, in a container of NVIDIA's toolkit, in WSL 2. */
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/nvidia/lib64',
  '/run/opengl-driver/lib',
  '/usr/lib/wsl/lib',
];

/**
 * The version of the NVIDIA driver, like `580.65.06`; undefined where there is none. It is what the kernel's module says, else the
 * name of the driver's own C library, `libcuda.so.580.65.06`, else what its program says, which small images leave out.
 * @param root the file system to look in
 */
export function nvidiaDriver(root = '/', environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return driverOfModule(root) ?? driverOfLibrary(root, environment) ?? driverOfProgram();
}

function driverOfModule(root: string): string | undefined {
  try {
    const text = readFileSync(join(root, 'proc/driver/nvidia/version'), 'utf8');
    return /^NVRM version:.*?\s(\d+\.\d+(?:\.\d+)?)\s/m.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

function driverOfLibrary(root: string, environment: NodeJS.ProcessEnv): string | undefined {
  const own = (environment.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean);
  for (const folder of [...own, ...LIBRARY_FOLDERS]) {
    try {
      const library = basename(realpathSync(join(root, folder, 'libcuda.so.1')));
      const version = /^libcuda\.so\.(\d{3,}\.\d+(?:\.\d+)?)$/.exec(library)?.[1];
      if (version) return version;
    } catch {
      // It is not there.
    }
  }
  return undefined;
}

function driverOfProgram(): string | undefined {
  const query = spawnSync('nvidia-smi', ['--query-gpu=driver_version', '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return query.status === 0 ? query.stdout.trim().split('\n')[0] || undefined : undefined;
}
