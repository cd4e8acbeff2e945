import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../home';
import { LIBTORCH_VERSION } from '../package';
import { replaceFile } from '../replace-file';
import { type Flavour } from './flavour';

/** Written into a cached libtorch as its last file: a folder without it is not complete. */
export const MARKER = 'torchts.json';

const CHOICE = 'choice.json';

/** What the marker tells about the folder it lies in. */
export interface Provenance {
  readonly version: string;
  readonly flavour: Flavour;
  /** The names of the files that the folder was unpacked from. */
  readonly archives: readonly string[];
  /** Whether something can be compiled with it; absent where it can. */
  readonly headers?: boolean;
}

/**
 * `$XDG_CACHE_HOME/torchts`, by default `~/.cache/torchts`.
 * @throws InputError when neither variable is set and the system knows no home of this user
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homeFolder(environment), '.cache'), 'torchts');
}

/** Where the libtorch of a flavour lies once it is fetched. */
export function cachedLibtorch(
  flavour: Flavour,
  environment: NodeJS.ProcessEnv = process.env,
  version: string = LIBTORCH_VERSION,
): string {
  return join(cacheFolder(environment), `libtorch-${version}-${flavour}`);
}

/** The build of libtorch that `torchts setup` was asked for last, as far as it was said. */
export type Choice = Pick<Provenance, 'version' | 'flavour'>;

/** What `torchts setup` was asked for last, for commands that say nothing else; undefined before the first time. */
export function readChoice(environment: NodeJS.ProcessEnv = process.env): Choice | undefined {
  const path = join(cacheFolder(environment), CHOICE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Choice) : undefined;
}

/** Lets commands that say nothing else take this build. */
export function writeChoice({ version, flavour }: Choice): void {
  replaceFile(join(cacheFolder(), CHOICE), `${JSON.stringify({ version, flavour }, null, 2)}\n`);
}

/** The marker of a complete folder; undefined for one whose unpacking was cut, or that somebody else made. */
export function readMarker(folder: string): Provenance | undefined {
  const path = join(folder, MARKER);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Provenance) : undefined;
}
