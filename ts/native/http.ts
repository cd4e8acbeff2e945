/** Requests as people's networks let them through: by the proxy that the environment names, with credentials out of sight. */
import type { EnvHttpProxyAgent } from 'undici';
import { InputError } from '../errors';
import { isError } from './realm';

/** The variables that name a proxy; lower case goes first, as in curl. */
const PROXIES = {
  httpProxy: ['http_proxy', 'HTTP_PROXY'],
  httpsProxy: ['https_proxy', 'HTTPS_PROXY'],
} as const;

let agent: { readonly key: string; readonly dispatcher: EnvHttpProxyAgent } | undefined;

/** `fetch` by way of the proxy in `HTTPS_PROXY` or `HTTP_PROXY`, without it for the hosts in `NO_PROXY`. */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  const proxies = { httpProxy: proxyOf(PROXIES.httpProxy), httpsProxy: proxyOf(PROXIES.httpsProxy) };
  const key = JSON.stringify(proxies);
  if (key === '{}') return fetch(url, init);
  // Loaded here: who has no proxy does without it.
  const undici = require('undici') as typeof import('undici');
  if (agent?.key !== key) agent = { key, dispatcher: new undici.EnvHttpProxyAgent({ ...proxies, proxyTunnel: false }) };
  const options = { ...init, dispatcher: agent.dispatcher } as Parameters<typeof undici.fetch>[1];
  return (await undici.fetch(url, options)) as unknown as Response;
}

/**
 * The body of a response, piece by piece, which ends with the reason of the signal: the body of a `fetch` that is aborted may else
 * never end, when all of it has come and not all was read.
 */
export async function* chunksOf(
  { body }: { readonly body: ReadableStream<Uint8Array> | null },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body?.getReader();
  if (!reader) return;
  const cancel = (): void => void reader.cancel().catch(() => {}); // one that has failed says so by its reads
  signal.addEventListener('abort', cancel);
  try {
    signal.throwIfAborted(); // before anything is read: no event tells of that
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

function proxyOf(names: readonly string[]): string | undefined {
  const name = names.find((candidate) => process.env[candidate]);
  if (name === undefined) return undefined;
  const value = process.env[name]!;
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (URL.canParse(url) && /^https?:/i.test(url)) return url;
  throw new InputError(
    `${name}: expected the address of a proxy for HTTP, such as http://proxy.example.org:3128, found '${withoutCredentials(value).url}'; correct or unset the variable.`,
  );
}

/** An address without user and password, and the header that sends them. */
export function withoutCredentials(address: string): {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  if (!URL.canParse(address)) return { url: address.replace(/\/\/[^/]*@/, '//'), headers: {} };
  const url = new URL(address);
  const { username, password } = url;
  if (!username && !password) return { url: address, headers: {} };
  const credentials = `${percentDecoded(username)}:${percentDecoded(password)}`;
  url.username = '';
  url.password = '';
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

/** A text with what stands for `%41` and the like in its place; left as it is where that is malformed, which an address may be. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Why a request failed. */
export interface NetworkFailure {
  /** A clause. */
  readonly reason: string;
  /** False when the same request would fail again at once. */
  readonly retry: boolean;
}

const CERTIFICATE =
  'set NODE_EXTRA_CA_CERTS to the file of certificates that your network goes by (a proxy that looks into connections has its own)';

/** Trying again at once would only make the user wait. */
const HOPELESS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of its host is not known (no network, or no DNS)',
  EAI_AGAIN: 'the name of its host could not be looked up (no network, or no DNS)',
  ECONNREFUSED: 'its host refused the connection',
  ENETUNREACH: 'its network cannot be reached',
  EHOSTUNREACH: 'its host cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'its host did not answer',
  CERT_HAS_EXPIRED: 'its certificate has expired; check the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host; check the address and the proxy between',
};

/** The codes of OpenSSL for a certificate whose signer is not known. */
const UNTRUSTED = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
]);

/** What an error of `request` means. */
export function explainNetworkError(error: unknown): NetworkFailure {
  const cause = rootCause(error);
  const code = String((cause as NodeJS.ErrnoException).code ?? '');
  if (UNTRUSTED.has(code))
    return { reason: `this machine does not trust its certificate (${code}); ${CERTIFICATE}`, retry: false };
  if (/redirect count exceeded/.test(cause.message)) return { reason: 'it redirects without end', retry: false };
  const status = /Proxy response \((\d+)\)/.exec(cause.message)?.[1];
  if (status !== undefined) return { reason: proxyRefusal(Number(status)), retry: false };
  const known = HOPELESS[code];
  return { reason: known ?? (cause.message || code), retry: known === undefined };
}

/** What a proxy says by the status that it answers with. */
function proxyRefusal(status: number): string {
  return status === 407
    ? 'the proxy asks for user and password (407); give them in HTTPS_PROXY, as http://user:password@host:port'
    : `the proxy refused to connect (${status}); check HTTPS_PROXY, or name the host in NO_PROXY`;
}

/** `fetch` says only "fetch failed"; the reason is in the innermost cause. */
export function rootCause(error: unknown): Error {
  let inner = isError(error) ? error : new Error(String(error));
  while (isError(inner.cause)) inner = inner.cause;
  return 'errors' in inner && Array.isArray(inner.errors) && isError(inner.errors[0]) ? inner.errors[0] : inner;
}
