import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { type IncomingMessage, type RequestOptions, get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { type LookupFunction, isIP } from 'node:net';
import { InputError } from '../../errors';
import { packageVersion } from '../../native/package';
import { isValid, parse } from 'ipaddr.js';

export interface FetchOptions {
  /** Largest body, in bytes. @default 32 MiB */
  readonly maxBytes?: number;
  /** For the whole download, redirects included. @default 20 000 */
  readonly timeoutMs?: number;
  /** Redirects to follow. @default 5 */
  readonly maxRedirects?: number;
  /**
   * Which addresses of private networks may be asked: `first` only one that the caller named,
   * `all` also one that a server redirects to, `none` neither.
   * @default 'first'
   */
  readonly privateAddresses?: 'none' | 'first' | 'all';
}

const defaults = {
  maxBytes: 32 * 2 ** 20,
  timeoutMs: 20_000,
  maxRedirects: 5,
  privateAddresses: 'first',
} as const satisfies Required<FetchOptions>;

/** The body behind an http(s) URL. @throws InputError that says what stopped it */
export async function fetchBytes(url: string, options: FetchOptions = {}): Promise<Uint8Array> {
  const settings = { ...defaults, ...options };
  const deadline = AbortSignal.timeout(settings.timeoutMs);
  try {
    return await follow(new URL(url), settings, deadline);
  } catch (cause) {
    const reason = deadline.aborted
      ? `no complete answer within ${settings.timeoutMs / 1000} s`
      : (cause as Error).message;
    throw new InputError(`Cannot download ${url}: ${reason}.`, { cause });
  }
}

async function follow(first: URL, settings: Required<FetchOptions>, deadline: AbortSignal): Promise<Uint8Array> {
  let url = first;
  for (let hop = 0; hop <= settings.maxRedirects; hop++) {
    const trusted = settings.privateAddresses === 'all' || (settings.privateAddresses === 'first' && hop === 0);
    const response = await request(url, trusted, deadline);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (status >= 300 && status < 400 && location) {
      response.destroy();
      url = redirectTarget(location, url);
      continue;
    }
    if (status === 200) return body(response, settings.maxBytes);
    response.destroy();
    throw new Error(`the server answered ${status} ${response.statusMessage ?? ''}`.trim());
  }
  throw new Error(`more than ${settings.maxRedirects} redirects`);
}

function redirectTarget(location: string, from: URL): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new Error(`the server redirects to ${location}, which is neither http nor https`);
}

function request(url: URL, trusted: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((fulfil, reject) => {
    // A literal address never passes through lookup, so it is looked at here.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!trusted && isIP(host) && isPrivateAddress(host)) throw refusal(host);
    const get: typeof getHttp = url.protocol === 'https:' ? getHttps : getHttp;
    const headers = { 'user-agent': `torchts/${packageVersion()}`, accept: 'image/*,*/*;q=0.5' };
    const options = {
      signal,
      headers,
      agent: false,
      lookup: trusted ? undefined : publicLookup,
    } satisfies RequestOptions;
    get(url, options, fulfil)
      // Without a listener Node would close the connection and say nothing at all.
      .on('upgrade', (response, socket) => {
        socket.destroy();
        reject(
          new Error(
            `the server answered ${response.statusCode} ${response.statusMessage ?? ''}, which was not asked for`,
          ),
        );
      })
      .on('error', reject)
      // After a response or an error this changes nothing.
      .on('close', () => reject(new Error('the server closed the connection without an answer')));
  });
}

/** Resolves names to public addresses only: what is checked is what is connected to, so a second answer of DNS cannot differ. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  const all: LookupOptions & { all: true } = { ...(options as LookupOptions), all: true };
  resolve(hostname, all, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '', 0);
    const closed = addresses.find(({ address }) => isPrivateAddress(address));
    if (closed) return callback(refusal(`${hostname} (${closed.address})`), '', 0);
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

function refusal(host: string): Error {
  return new Error(`it leads to ${host}, an address of a private network, which is refused unless allowed`);
}

async function body(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => {
    response.destroy();
    return new Error(`expected at most ${Math.round(maxBytes / 2 ** 20)} MiB, the server sends more`);
  };
  if (Number(response.headers['content-length']) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The IPv6 blocks that IANA has given out for the public internet lie in 2000::/3. */
const PUBLIC_IPV6 = parse('2000::');
const PUBLIC_IPV6_BITS = 3;

/**
 * True for an IP address that is not one of the public internet: private, local, reserved and test networks, and those that
 * carry an IPv4 address inside (6to4, Teredo, NAT64), behind which any of these may lie. Written as IPv4 inside of IPv6
 * (`::ffff:1.2.3.4`) an address is what the inner one is. What is no address is not public either.
 */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!isValid(bare)) return true;
  const parsed = parse(bare);
  if ('isIPv4MappedAddress' in parsed) {
    if (parsed.isIPv4MappedAddress()) return isPrivateAddress(parsed.toIPv4Address().toString());
    if (!parsed.match(PUBLIC_IPV6 as typeof parsed, PUBLIC_IPV6_BITS)) return true;
  }
  return parsed.range() !== 'unicast';
}
