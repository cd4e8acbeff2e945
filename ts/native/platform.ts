/** The oldest releases of Node.js that torchts runs with, as `engines` in package.json says. */
const OLDEST_NODE: readonly (readonly [number, number])[] = [
  [20, 19],
  [22, 12],
];

/** The oldest glibc that libtorch and the addons run with, as the tags of PyTorch's wheels say. */
const OLDEST_GLIBC: readonly [number, number] = [2, 28];

/** What a machine is, as far as libtorch minds. */
export interface Platform {
  readonly platform: string;
  readonly arch: string;
  /** On Linux the version of glibc, such as `2.36`; undefined where the C library is musl. */
  readonly glibc: string | undefined;
  /** The version of Node.js. */
  readonly node: string;
}

/** Why torchts cannot run on this machine, in a sentence with what to do; undefined where it can. */
export function platformProblem(machine: Platform = currentPlatform()): string | undefined {
  const { platform, arch, glibc, node } = machine;
  const problem = nodeProblem(node);
  if (problem) return problem;
  if (platform !== 'linux' && platform !== 'darwin')
    return 'torchts runs on Linux and macOS, and PyTorch publishes no other libtorch that it could use: on Windows, use WSL 2.';
  if (platform === 'linux' && glibc === undefined) {
    return 'This Linux has musl as its C library (Alpine), and libtorch is published for glibc only: use a Debian or Ubuntu image, such as node:22-bookworm-slim.';
  }
  if (arch !== 'x64' && arch !== 'arm64') {
    return `This Node.js is built for ${arch}, and libtorch is published for 64-bit x86 and ARM only: on such a processor, install the 64-bit Node.js (x64 or arm64).`;
  }
  return platform === 'linux' && isOldGlibc(glibc!)
    ? `This system has glibc ${glibc}, and libtorch needs ${OLDEST_GLIBC.join('.')} or newer: use Debian 10, Ubuntu 20.04, RHEL 8 or what came after them.`
    : undefined;
}

function isOldGlibc(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_GLIBC[0] || (major === OLDEST_GLIBC[0] && minor < OLDEST_GLIBC[1]);
}

/** What to do about a Node.js that is too old, in a sentence; undefined for one that is not. */
export function nodeProblem(node: string = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const oldest = OLDEST_NODE.find(([release]) => release === major);
  const isNewEnough = oldest ? minor >= oldest[1] : major > OLDEST_NODE.at(-1)![0];
  return isNewEnough
    ? undefined
    : `torchts needs Node.js 20.19, 22.12 or newer, and this is ${node}: install a newer one, from nodejs.org or with your version manager.`;
}

function currentPlatform(): Platform {
  const { platform, arch, versions } = process;
  return { platform, arch, glibc: glibcVersion(), node: versions.node };
}

/** The version of glibc on Linux, as Node's own report tells it; undefined where the C library is another. */
export function glibcVersion(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  // The names of all peers are no part of the question, and looking them up takes seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
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
