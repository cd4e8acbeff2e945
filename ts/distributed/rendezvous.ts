/** How processes find each other: by PyTorch's URLs and environment variables, so that one of Python is found as well. */
import { InputError } from '../errors';
import { percentDecoded } from '../native/http';
import { FileStore, TCPStore, type Store } from './store';

export interface Rendezvous {
  readonly store: Store;
  readonly rank: number;
  readonly worldSize: number;
}

/** What initProcessGroup was given of these; null where it was not. */
export interface Wanted {
  readonly rank: number | null;
  readonly worldSize: number | null;
  /** Milliseconds. */
  readonly timeout: number;
}

const OWNER = 'initProcessGroup';

/**
 * Meets the other processes at `env://`, `tcp://host:port` or `file:///path`, with `?rank=…&world_size=…` where they are not given.
 * @throws InputError for a URL or an environment that lacks something
 * @throws DistributedTimeoutError when the others are not there in time
 */
export async function rendezvous(initMethod: string, wanted: Wanted): Promise<Rendezvous> {
  const url = URL.canParse(initMethod) ? new URL(initMethod) : undefined;
  switch (url?.protocol) {
    case 'env:':
      return fromEnvironment(url, wanted);
    case 'tcp:':
      return overTcp(url.hostname.replace(/^\[(.*)\]$/, '$1'), portOf(url), ...ranksOf(url, wanted), wanted.timeout);
    case 'file:':
      return inFile(url, wanted);
    default:
      throw new InputError(
        `${OWNER}: expected env://, tcp://host:port or file:///path for initMethod, found ${JSON.stringify(initMethod)}`,
      );
  }
}

async function fromEnvironment(url: URL, wanted: Wanted): Promise<Rendezvous> {
  const rank = given(url, 'rank', wanted.rank) ?? fromVariable('RANK');
  const worldSize = given(url, 'world_size', wanted.worldSize) ?? fromVariable('WORLD_SIZE');
  const host = process.env.MASTER_ADDR;
  if (!host) throw missingVariable('MASTER_ADDR');
  const port = fromVariable('MASTER_PORT');
  return overTcp(host, port, rank, worldSize, wanted.timeout);
}

async function overTcp(
  host: string,
  port: number,
  rank: number,
  worldSize: number,
  timeout: number,
): Promise<Rendezvous> {
  checkRank(rank, worldSize);
  // Under torchrun the launcher has the server.
  const isMaster = rank === 0 && process.env.TORCHELASTIC_USE_AGENT_STORE !== 'True';
  return { store: await TCPStore.open(host, port, { isMaster, worldSize, timeout }), rank, worldSize };
}

async function inFile(url: URL, wanted: Wanted): Promise<Rendezvous> {
  const [rank, worldSize] = ranksOf(url, wanted);
  checkRank(rank, worldSize);
  const path = percentDecoded(url.pathname);
  if (url.host !== '' || path === '' || path === '/')
    throw new InputError(`${OWNER}: expected file:///path with three slashes and a full path, found ${url.href}`);
  return { store: await FileStore.open(path, { worldSize, timeout: wanted.timeout }), rank, worldSize };
}

function portOf(url: URL): number {
  if (url.port === '') throw new InputError(`${OWNER}: expected tcp://host:port, found no port in ${url.href}`);
  return Number(url.port);
}

function ranksOf(url: URL, wanted: Wanted): [rank: number, worldSize: number] {
  const rank = given(url, 'rank', wanted.rank);
  const worldSize = given(url, 'world_size', wanted.worldSize);
  if (rank === null || worldSize === null)
    throw new InputError(`${OWNER}: expected rank and worldSize with ${url.protocol}//, found none`);
  return [rank, worldSize];
}

/** What was given as an option, else as a parameter of the URL. */
function given(url: URL, name: string, option: number | null): number | null {
  const parameter = url.searchParams.get(name);
  if (parameter !== null && option !== null)
    throw new InputError(`${OWNER}: expected ${name} once, found it in ${url.href} and as an option`);
  return option ?? (parameter === null ? null : wholeNumber(`${name} in ${url.href}`, parameter));
}

function fromVariable(name: string): number {
  const value = process.env[name];
  if (!value) throw missingVariable(name);
  return wholeNumber(`the environment variable ${name}`, value);
}

function missingVariable(name: string): InputError {
  return new InputError(
    `${OWNER}: expected the environment variable ${name}, which is not set; start the processes with \`torchts run\` or torchrun, or give initMethod, rank and worldSize`,
  );
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new InputError(`${OWNER}: expected a whole number for ${name}, found '${value}'`);
  return Number(value);
}

/** @throws InputError unless `rank` is one of a world of `worldSize` */
export function checkRank(rank: number, worldSize: number): void {
  if (!Number.isInteger(worldSize) || worldSize < 1)
    throw new InputError(`${OWNER}: expected a worldSize of at least 1, found ${worldSize}`);
  if (!Number.isInteger(rank) || rank < 0 || rank >= worldSize)
    throw new InputError(`${OWNER}: expected a rank from 0 to ${worldSize - 1}, found ${rank}`);
}
