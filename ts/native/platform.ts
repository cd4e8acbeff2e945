/** Why torchts cannot run on this machine, in a sentence with what to do; undefined where it can. */
export function platformProblem(
  platform: string = process.platform,
  libc: 'glibc' | 'musl' = currentLibc(),
): string | undefined {
  if (platform !== 'linux' && platform !== 'darwin')
    return 'torchts runs on Linux and macOS, and PyTorch publishes no other libtorch that it could use: on Windows, use WSL 2.';
  if (platform === 'linux' && libc === 'musl') {
    return 'This Linux has musl as its C library (Alpine), and libtorch is published for glibc only: use a Debian or Ubuntu image, such as node:22-bookworm-slim.';
  }
  return undefined;
}

/** The C library of a Linux, as Node's own report tells it. */
function currentLibc(): 'glibc' | 'musl' {
  if (process.platform !== 'linux') return 'glibc';
  // The names of all peers are no part of the question, and looking them up takes seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/** What Node's permission model allows; only there under `--permission`. */
export interface PermissionModel {
  has(scope: string, reference?: string): boolean;
}

/** The permission model of this process; undefined when all is allowed. */
export function permissionModel(): PermissionModel | undefined {
  return (process as { readonly permission?: PermissionModel }).permission;
}

/** Why a file or folder cannot be looked at, in a clause; undefined when it can. */
export function unreadable(path: string): string | undefined {
  return permissionModel()?.has('fs.read', path) === false
    ? "Node's permission model does not let it be read"
    : undefined;
}
