/** Where launchers meet: the one on the host that all of them name serves a store there. */
import { lookup } from 'node:dns/promises';
import { connect, createServer } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { TCPStore } from '../../distributed';
import { InputError } from '../../errors';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** torchrun's, where an endpoint has none. */
const DEFAULT_PORT = 29_400;
const RETRY_MS = 200;
const CONNECT_MS = 5_000;

/** Reads `host`, `host:port` or `[address]:port`; undefined where it is none of them. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/i.exec(text);
  if (!match) return undefined;
  const port = match[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  return port > 65_535 ? undefined : { host: match[1] ?? match[2]!, port };
}

/**
 * Serves the store where the endpoint is on this machine and nobody does so yet; else connects to it, once it is there.
 * @throws InputError when nobody serves it within the time limit, in milliseconds
 */
export async function openEndpoint(
  { host, port }: Endpoint,
  timeoutMs: number,
  isHost: boolean | null,
): Promise<{ readonly store: TCPStore; readonly serves: boolean }> {
  // Another launcher on this machine may have been first.
  if ((isHost ?? (await isHere(host))) && (await isFree(port)))
    try {
      const store = await TCPStore.open(host, port, { isMaster: true, waitForWorkers: false });
      return { store, serves: true };
    } catch (error) {
      if (!(await isReachable(host, port))) throw error;
    }
  const deadline = performance.now() + timeoutMs;
  while (!(await isReachable(host, port))) {
    if (performance.now() > deadline)
      throw new InputError(
        `Expected a launcher that serves ${host}:${port} within ${timeoutMs / 1000} s, found none; start the same command on ${host}, or name another --rdzv-endpoint.`,
      );
    await sleep(RETRY_MS);
  }
  return { store: await TCPStore.open(host, port, { timeout: CONNECT_MS }), serves: false };
}

/** Whether a host is this machine. One that nobody knows yet, as while a cluster starts, is another. */
async function isHere(host: string): Promise<boolean> {
  if (host === 'localhost' || host === hostname()) return true;
  const own = new Set(Object.values(networkInterfaces()).flatMap((list) => list!.map(({ address }) => address)));
  try {
    const found = await lookup(host, { all: true });
    return found.some(({ address }) => own.has(address) || address.startsWith('127.') || address === '::1');
  } catch {
    return false;
  }
}

/** Whether nobody listens on a port of this machine. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

/** Whether somebody listens on a port. */
function isReachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}
