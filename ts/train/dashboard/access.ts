/** Who may ask the server: whoever knows the token, by an address that is this machine's. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const WILDCARDS = ['0.0.0.0', '::'];

/** Why a request is refused: the status of HTTP and a sentence. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** What of a request decides. */
export interface AccessRequest {
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
}

export class Access {
  readonly #token: Buffer;
  readonly #host: string;

  /** @param host what the server listens at */
  constructor({ token, host }: { readonly token: string; readonly host: string }) {
    this.#token = digest(token);
    this.#host = host.toLowerCase();
  }

  /** Why a request is refused; undefined where it is not. */
  refusal({ headers, query }: AccessRequest): Refusal | undefined {
    if (!this.#isOwnHost(headers.host)) {
      const message = 'Expected an address of this machine in the header Host: open the one that the training printed.';
      return { status: 403, message };
    }
    // A page of another origin that a browser shows must not press buttons here, should it ever know the token.
    if (headers.origin !== undefined && hostOf(headers.origin) !== headers.host?.toLowerCase())
      return { status: 403, message: 'Expected a request of the page itself, found one of another origin.' };
    if (!timingSafeEqual(digest(givenToken(headers, query)), this.#token))
      return { status: 401, message: 'Expected the token: open the whole address that the training printed.' };
    return undefined;
  }

  /**
   * A page elsewhere may give its own name this machine's address (DNS rebinding), so that a browser takes the two for one origin; the
   * name then stands in the header. The port may be another one, that of a tunnel.
   */
  #isOwnHost(header: string | undefined): boolean {
    const host = header === undefined ? undefined : hostOf(`http://${header}`);
    if (host === undefined) return false;
    const name = host.replace(/:\d*$/, '').replace(/^\[|\]$/g, '');
    if (LOOPBACK.includes(name) || name === this.#host) return true;
    return WILDCARDS.includes(this.#host) && (isIP(name) > 0 || name === hostname().toLowerCase());
  }
}

/** Of one length for every token, since the comparison takes the time of the length. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function givenToken(headers: IncomingHttpHeaders, query: unknown): string {
  const [, bearer] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
  const { token } = Object(query) as { token?: unknown };
  return bearer ?? (typeof token === 'string' ? token : '');
}

/** Host and port of an address, in small letters; undefined for what is none. */
function hostOf(address: string): string | undefined {
  try {
    const { host, pathname, username } = new URL(address);
    return pathname === '/' && username === '' ? host : undefined;
  } catch {
    return undefined;
  }
}
