/** What a session of a training ran under: versions, code, command and machine. */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { packageVersion } from '../../native/package';
import * as torch from '../../tensor';
import type { Device } from '../../tensor';

/** The state of the code that the process was started in. */
export interface GitState {
  readonly revision: string;
  /** Whether every file that git knows is as in that revision; null where git did not say in time. */
  readonly clean: boolean | null;
}

/** What a session ran under; a training ends with the same bits where all but `command`, `folder` and `git` is the same. */
export interface Conditions {
  readonly torchts: string;
  readonly libtorch: string;
  readonly node: string;
  /** System and architecture, such as `linux-x64`. */
  readonly platform: string;
  /** The processor's name, and the vector instructions that libtorch uses of it. */
  readonly processor: string;
  readonly capability: string;
  /** Threads of one operator. */
  readonly threads: number;
  /** Processes that trained together; absent for one. */
  readonly processes?: number;
  readonly device: Device;
  /** The name of the GPU; null on another device. */
  readonly gpu: string | null;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** The working directory. */
  readonly folder: string;
  /** Null outside of a git repository. */
  readonly git: GitState | null;
}

/** By folder: a process runs the code that it was started with, whatever is changed or committed since. */
const gitStates = new Map<string, Promise<GitState | null>>();

/** The conditions of this process. @param device where the model is @param processes how many train together */
export async function conditionsOf(device: Device, processes = 1): Promise<Conditions> {
  const folder = process.cwd();
  if (!gitStates.has(folder)) gitStates.set(folder, gitState(folder));
  return {
    torchts: packageVersion(),
    libtorch: torch.version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    capability: torch.backends.cpu.getCpuCapability(),
    threads: torch.getNumThreads(),
    ...(processes > 1 && { processes }),
    device,
    gpu: device.startsWith('cuda') ? torch.cuda.getDeviceName(Number(device.split(':')[1] ?? 0)) : null,
    command: process.argv,
    folder,
    git: await gitStates.get(folder)!,
  };
}

/** Milliseconds for each question to git: in a large repository it may have to look at many files. */
const GIT_MS = 5000;

/** The revision of the repository that a folder lies in; null where there is none, or no git. */
export async function gitState(folder: string): Promise<GitState | null> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', ['-C', folder, ...args], { timeout: GIT_MS })).stdout.trim();
  try {
    const revision = await git('rev-parse', 'HEAD');
    const changes = await git('status', '--porcelain', '--untracked-files=no').catch(() => null);
    return { revision, clean: changes === null ? null : changes === '' };
  } catch {
    return null;
  }
}
