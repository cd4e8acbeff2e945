import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What CMake and its generators keep in a build folder; what they built lies in Release. */
const RECORDS = [
  'CMakeCache.txt',
  'CMakeFiles',
  'cmake_install.cmake',
  'build.ninja',
  '.ninja_deps',
  '.ninja_log',
  '.ninja_lock',
  'Makefile',
];

/**
 * Why CMake would refuse to go on with the records in the folder `build`; undefined where it would not. They hold full paths:
 * of the source, which was renamed or copied, and of tools, which may have been removed since.
 */
export function staleReason(build: string, source: string): string | undefined {
  const path = join(build, 'CMakeCache.txt');
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  const entry = (name: string): string | undefined => new RegExp(`^${name}:\\w+=(.+)$`, 'm').exec(text)?.[1];
  const home = entry('CMAKE_HOME_DIRECTORY');
  if (home !== undefined && !isSame(home, source)) return `it was made for ${home}`;
  for (const name of ['CMAKE_CXX_COMPILER', 'CMAKE_MAKE_PROGRAM']) {
    const tool = entry(name);
    if (tool?.startsWith('/') && !existsSync(tool)) return `${tool} is gone`;
  }
  return undefined;
}

/** Deletes CMake's records, so that it configures anew. */
export function clearRecords(build: string): void {
  for (const name of RECORDS) rmSync(join(build, name), { recursive: true, force: true });
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && realpathSync(one) === realpathSync(other);
}
