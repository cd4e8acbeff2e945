import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../../errors';
import { LIBTORCH_VERSION, LIBTORCH_VERSIONS } from '../package';
import { cachedLibtorch, readChoice, readMarker, type Choice } from './cache';
import { type Flavour } from './flavour';
import { inspectFolder, type LibtorchFolder } from './folder';
import { findPythonTorch, pythons } from './python';

/** A place where libtorch was looked for in vain. */
export interface Attempt {
  readonly location: string;
  /** One clause: why not from there. */
  readonly reason: string;
}

export interface Located extends LibtorchFolder {
  readonly source: 'TORCHTS_LIBTORCH' | 'cache' | 'Python';
}

export interface Search {
  readonly found?: Located;
  /** The places before the one that was found, in order. */
  readonly attempts: readonly Attempt[];
}

/** What is looked for. */
export interface LocateOptions {
  /** @default any that torchts is shipped for, in the cache the pinned one first; of Python only the pinned one */
  readonly version?: string;
  /** Whether something is to be compiled with it. @default true */
  readonly headers?: boolean;
}

/**
 * Looks for libtorch on this machine, without the network: `TORCHTS_LIBTORCH`, the user's cache, the torch package of Python.
 * @param flavour what was asked for; undefined takes a Python torch of any flavour, and from the cache the build that
 *   `torchts setup` was asked for last, else `cpu`
 */
export function locateLibtorch(
  flavour: Flavour | undefined,
  environment: NodeJS.ProcessEnv = process.env,
  options: LocateOptions = {},
): Search {
  const attempts: Attempt[] = [];
  for (const look of [fromEnvironment, fromCache, fromPython]) {
    const found = look(flavour, environment, attempts, options);
    if (found) return { found, attempts };
  }
  return { attempts };
}

/** The fetched libtorch of a flavour, when it is complete. */
export function locateCached(flavour: Flavour, options: LocateOptions = {}): Located | undefined {
  return fromCache(flavour, process.env, [], options);
}

type Look = (
  flavour: Flavour | undefined,
  environment: NodeJS.ProcessEnv,
  attempts: Attempt[],
  options: LocateOptions,
) => Located | undefined;

/** The user's own choice: any supported version and flavour is taken. */
const fromEnvironment: Look = (_, environment, attempts, { headers }) => {
  const value = environment.TORCHTS_LIBTORCH;
  if (!value) return miss(attempts, 'TORCHTS_LIBTORCH', 'it is not set');
  const folder = resolve(value);
  const content = inspectFolder(folder, headers);
  if (typeof content === 'string') return miss(attempts, `TORCHTS_LIBTORCH (${folder})`, content);
  return { ...content, source: 'TORCHTS_LIBTORCH' };
};

const fromCache: Look = (flavour, environment, attempts, options) => {
  try {
    const [first, ...others] = cachedBuilds(flavour, environment, options);
    const found = lookInCache(first!, environment, attempts, options);
    if (found) return found;
    for (const build of others) {
      // One that was never fetched is nothing that anybody looked for.
      if (!existsSync(cachedLibtorch(build.flavour, environment, build.version))) continue;
      const other = lookInCache(build, environment, attempts, options);
      if (other) return other;
    }
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return miss(attempts, 'the cache', error.message.replace(/\.$/, ''));
    throw error;
  }
};

/** The builds that would do, the best first. */
function cachedBuilds(
  flavour: Flavour | undefined,
  environment: NodeJS.ProcessEnv,
  { version }: LocateOptions,
): Choice[] {
  const choice = readChoice(environment);
  const flavours = [flavour ?? choice?.flavour ?? 'cpu', ...(flavour === undefined ? (['cpu'] as const) : [])];
  const versions = version !== undefined ? [version] : LIBTORCH_VERSIONS;
  const builds = flavours.flatMap((one) => versions.map((another) => ({ version: another, flavour: one })));
  const isChosen = (build: Choice): boolean => build.version === choice?.version && build.flavour === choice.flavour;
  return [...builds.filter(isChosen), ...builds.filter((build) => !isChosen(build))];
}

function lookInCache(
  { version, flavour }: Choice,
  environment: NodeJS.ProcessEnv,
  attempts: Attempt[],
  { headers }: LocateOptions,
): Located | undefined {
  const folder = cachedLibtorch(flavour, environment, version);
  if (!existsSync(folder)) return miss(attempts, folder, 'nothing was fetched yet');
  if (!readMarker(folder)) return miss(attempts, folder, 'it is not complete');
  const content = inspectFolder(folder, headers);
  if (typeof content === 'string') return miss(attempts, folder, content);
  return { ...content, flavour, source: 'cache' };
}

const fromPython: Look = (flavour, environment, attempts, { version = LIBTORCH_VERSION, headers }) => {
  for (const python of pythons(environment)) {
    const torch = findPythonTorch(python);
    if (typeof torch === 'string') {
      miss(attempts, `torch of ${python}`, torch);
      continue;
    }
    const content =
      torch.version.split('+')[0] === version
        ? inspectFolder(torch.folder, headers)
        : `it is version ${torch.version}, not ${version}`;
    if (typeof content === 'string') miss(attempts, torch.folder, content);
    else if (flavour && content.flavour !== flavour)
      miss(attempts, torch.folder, `it is the flavour ${content.flavour}, not ${flavour}`);
    else return { ...content, source: 'Python' };
  }
  return undefined;
};

function miss(attempts: Attempt[], location: string, reason: string): undefined {
  attempts.push({ location, reason });
}
