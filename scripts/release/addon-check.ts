import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isOlder } from '../../ts/native/build';

/** Bytes of an addon, at most. */
const LARGEST = 1.5e6;

/** What an addon has to be to travel. */
export interface AddonCheck {
  readonly file: string;
  /** The libraries of each libtorch that it has to run with: folders with libtorch_cpu.so. */
  readonly libraries: readonly string[];
  /** Paths of the machine on which it was compiled, which it must not hold. */
  readonly paths: readonly string[];
}

/** Why an addon for Linux cannot be shipped, one sentence each. */
export function checkAddon({ file, libraries, paths }: AddonCheck): string[] {
  const { size } = statSync(file);
  const bytes = readFileSync(file);
  return [
    ...(size > LARGEST ? [`${file} has ${size} bytes, and ${LARGEST} are the most.`] : []),
    ...paths.filter((path) => bytes.includes(path)).map((path) => `${file} holds the path ${path}.`),
    ...(readelf('--dynamic', file).includes('runpath: [$ORIGIN]')
      ? []
      : [`${file} does not look for libtorch beside itself.`]),
    ...libraries.flatMap((folder) => [...newerThan(file, folder), ...unresolved(file, folder)]),
  ];
}

/** The newest version of each set of symbols that the files ask of the system's libraries, such as GLIBC 2.28. */
export function newestVersions(files: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const needs = readelf('--version-info', ...files).matchAll(/Name: (GLIBC|GLIBCXX|CXXABI)_([\d.]+) +Flags/g);
  for (const [, set, version] of needs) {
    const newest = found.get(set!);
    if (newest === undefined || isOlder(newest, version!)) found.set(set!, version!);
  }
  return found;
}

/** The libraries of a libtorch that the addon is linked to. */
export function linkedLibraries(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^lib(c10|torch|torch_cpu|c10_cuda|torch_cuda)\.so$/.test(name))
    .map((name) => join(folder, name));
}

/** Where the addon asks for a newer system than libtorch, one sentence for each set of symbols. */
export function newerThan(file: string, folder: string): string[] {
  const libtorch = newestVersions(linkedLibraries(folder));
  return [...newestVersions([file])]
    .filter(([set, version]) => isOlder(libtorch.get(set) ?? '0', version))
    .map(([set, version]) => `${file} asks for ${set}_${version}, and libtorch in ${folder} for ${libtorch.get(set)}.`);
}

/** What the addon takes from libtorch and this one does not have. */
function unresolved(file: string, folder: string): string[] {
  const has = new Set(linkedLibraries(folder).flatMap((library) => symbols('--defined-only', library)));
  const missing = symbols('--undefined-only', file).filter((name) => ofLibtorch(name) && !has.has(name));
  return missing.length > 0 ? [`libtorch in ${folder} lacks ${missing.join(', ')}.`] : [];
}

/** Whether a symbol belongs to libtorch: one of its namespaces is in the mangled name. */
function ofLibtorch(name: string): boolean {
  return /^_Z\w*(2at|3c10|5torch|6caffe2)/.test(name);
}

/** Names without their versions; a weak one may stay undefined. */
function symbols(kind: string, file: string): string[] {
  const lines = run('nm', ['--dynamic', '--format=posix', kind, file]).split('\n');
  return lines.filter((line) => !/ [wv] /.test(line)).map((line) => line.split(/[ @]/)[0]!);
}

function readelf(...args: string[]): string {
  return run('readelf', ['--wide', ...args]);
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout.replace(/Library runpath:/g, 'runpath:');
}
