import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../printable';
import { homeFolder } from '../../native/home';
import type { DownloadProgress } from '../../native/download';
import { checkOptions } from '../../options';

export interface HubOptions {
  /** A branch, a tag or a commit. @default 'main' */
  readonly revision?: string;
  /** The folder of the hub's cache. @default HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub */
  readonly cacheDir?: string;
  /** Uses what is in the cache and asks no server. @default true when HF_HUB_OFFLINE is set */
  readonly localFilesOnly?: boolean;
  /** An access token; false sends none. @default HF_TOKEN, else the token that `hf auth login` stored */
  readonly token?: string | false;
  /** The address of the hub or of a mirror. @default HF_ENDPOINT, else https://huggingface.co */
  readonly endpoint?: string;
  /** Told in a sentence when something is not as asked, but work goes on. @default process.emitWarning */
  readonly onWarning?: (message: string) => void;
  /** Called for every chunk that arrives. @default none */
  readonly onProgress?: (progress: DownloadProgress & { readonly file: string }) => void;
  /** Stops a download; a later call goes on from there. @default none */
  readonly signal?: AbortSignal;
}

export interface HubSettings extends HubOptions {
  readonly revision: string;
  readonly cacheDir: string;
  readonly localFilesOnly: boolean;
  readonly token: string | false;
  readonly endpoint: string;
  readonly onWarning: (message: string) => void;
  /** How long the server may take to describe a file, in milliseconds. */
  readonly headTimeoutMs: number;
}

const HUB_OPTIONS: readonly (keyof HubSettings)[] = [
  'revision',
  'cacheDir',
  'localFilesOnly',
  'token',
  'endpoint',
  'onWarning',
  'onProgress',
  'signal',
];

/** The options, completed by the environment variables that the hub's Python client reads too. */
export function hubSettings(options: HubOptions = {}, env: NodeJS.ProcessEnv = process.env): HubSettings {
  checkOptions('fromPretrained', options, HUB_OPTIONS);
  const cacheDir = options.cacheDir ?? (env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(hubHome(env), 'hub'));
  return {
    ...options,
    revision: options.revision ?? 'main',
    cacheDir: expand(cacheDir, env),
    localFilesOnly: options.localFilesOnly ?? isTrue(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE),
    token: options.token ?? storedToken(env) ?? false,
    endpoint: (options.endpoint ?? (env.HF_ENDPOINT || 'https://huggingface.co')).replace(/\/+$/, ''),
    onWarning: options.onWarning ?? ((message) => process.emitWarning(printable(message))),
    headTimeoutMs: 1000 * (Number(env.HF_HUB_ETAG_TIMEOUT) || 10),
  };
}

/** @throws InputError when no variable names a folder and the user has no home */
function hubHome(env: NodeJS.ProcessEnv): string {
  return expand(env.HF_HOME || join(env.XDG_CACHE_HOME || join(homeFolder(env), '.cache'), 'huggingface'), env);
}

function storedToken(env: NodeJS.ProcessEnv): string | undefined {
  if (isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const fromEnvironment = clean(env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN || '');
  if (fromEnvironment) return fromEnvironment;
  try {
    return clean(readFileSync(expand(env.HF_TOKEN_PATH || join(hubHome(env), 'token'), env), 'utf8')) || undefined;
  } catch {
    // Nobody logged in on this machine, or the file belongs to somebody else: public models need no token.
    return undefined;
  }
}

/** A header cannot carry the line breaks that come with a token copied from a terminal. */
function clean(token: string): string {
  return token.replace(/[\r\n]/g, '').trim();
}

function isTrue(value: string | undefined): boolean {
  return ['1', 'on', 'yes', 'true'].includes((value ?? '').toLowerCase());
}

/** `~` and `$NAME` as a shell would write them, since these paths often come from a file that no shell reads. */
function expand(path: string, env: NodeJS.ProcessEnv): string {
  const home = path.replace(/^~(?=\/|$)/, () => homeFolder(env));
  return home.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced, url) => env[(braced ?? url) as string] ?? whole);
}
