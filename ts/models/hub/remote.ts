import { request, rootCause } from '../../native/http';
import { isCommit } from './cache';
import { HubError, type HubReason } from './error';
import type { HubSettings } from './settings';

/** What the hub says of one file. */
export interface RemoteFile {
  /** Where the bytes are asked for; the hub may lead from there to a content network. */
  readonly url: string;
  /** The commit that the revision stands for. */
  readonly commit: string;
  /** Names the content: the sha256 of a large file, the git hash of a small one. */
  readonly etag: string;
  /** Its length; undefined when the server does not tell. */
  readonly bytes: number | undefined;
}

const SHA256 = /^[0-9a-f]{64}$/;
const ATTEMPTS = 3;
const MAX_REDIRECTS = 5;

/** The sha256 of the content, where the etag is one. */
export function sha256Of(file: RemoteFile): string | undefined {
  return SHA256.test(file.etag) ? file.etag : undefined;
}

/** The length of the file that `response` is about: of a large file the answer is only a redirect, with a length of its own. */
function lengthOf({ status, headers }: Response): number | undefined {
  const own =
    status === 200 && (headers.get('content-encoding') ?? 'identity') === 'identity'
      ? headers.get('content-length')
      : null;
  const bytes = Number(headers.get('x-linked-size') ?? own ?? NaN);
  // Some servers answer HEAD with a length of nought, whatever the file.
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** The files of one repository, as the server tells of them. */
export class Remote {
  constructor(
    readonly repo: string,
    readonly settings: HubSettings,
  ) {}

  get headers(): Record<string, string> {
    const { token } = this.settings;
    return {
      'user-agent': `torchts; node/${process.versions.node}`,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
  }

  /**
   * Commit, etag and address of a file, without its bytes.
   * @returns the commit alone when the repository has no such file
   * @throws HubError
   */
  async describe(
    file: string,
    revision: string,
  ): Promise<RemoteFile | { commit: string | undefined; etag?: undefined }> {
    const path = file.split('/').map(encodeURIComponent).join('/');
    const url = `${this.settings.endpoint}/${this.repo}/resolve/${encodeURIComponent(revision)}/${path}`;
    const response = await this.#head(url);
    const commit = response.headers.get('x-repo-commit') ?? '';
    if (response.status >= 400) {
      const error = this.#refusal(response, revision);
      if (error.reason !== 'no-file') throw error;
      return { commit: isCommit(commit) ? commit : undefined };
    }
    const etag = (response.headers.get('x-linked-etag') ?? response.headers.get('etag') ?? '')
      .replace(/^W\//, '')
      .replaceAll('"', '');
    if (!isCommit(commit) || !/^[\w.-]+$/.test(etag)) {
      throw new HubError(
        `${url} was answered without the commit and etag of a Hugging Face hub; check HF_ENDPOINT (${this.settings.endpoint}) and the proxy between.`,
        'not-a-hub',
      );
    }
    return { url: response.url, commit, etag, bytes: lengthOf(response) };
  }

  /** Asks again when the server is busy, not when it cannot be reached: then the cache is the better answer. */
  async #head(url: string): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#follow(url);
      const busy = response.status === 429 || response.status >= 500;
      if (!busy || attempt === ATTEMPTS) return response;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
    }
  }

  /** Goes along with redirects inside the hub (a renamed repository); one that leads out of it has its headers already. */
  async #follow(url: string): Promise<Response> {
    for (let address = url, step = 0; ; step++) {
      const response = await this.#request(address);
      const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
      const next = location ? new URL(location, address) : undefined;
      if (!next || next.origin !== new URL(address).origin || step === MAX_REDIRECTS) return response;
      address = next.href;
    }
  }

  async #request(url: string): Promise<Response> {
    const timeout = AbortSignal.timeout(this.settings.headTimeoutMs);
    const signal = this.settings.signal ? AbortSignal.any([this.settings.signal, timeout]) : timeout;
    try {
      // `identity`, or a compressed answer would carry another etag.
      return await request(url, {
        method: 'HEAD',
        redirect: 'manual',
        headers: { ...this.headers, 'accept-encoding': 'identity' },
        signal,
      });
    } catch (error) {
      if (this.settings.signal?.aborted) throw this.settings.signal.reason;
      const reason = timeout.aborted
        ? `no answer in ${this.settings.headTimeoutMs / 1000} s`
        : rootCause(error).message;
      throw new HubError(
        `The hub at ${this.settings.endpoint} cannot be reached (${reason}); check the network or HF_ENDPOINT. (There is no folder ${this.repo} either.)`,
        'unreachable',
        {
          cause: error,
        },
      );
    }
  }

  #refusal(response: Response, revision: string): HubError {
    const { endpoint, token } = this.settings;
    const { repo } = this;
    const code = response.headers.get('x-error-code');
    const said = response.headers.get('x-error-message');
    const auth = token ? 'the token that was sent does not allow it' : 'no token was sent; set HF_TOKEN';
    const fail = (reason: HubReason, message: string): HubError => new HubError(message, reason);

    if (code === 'GatedRepo') {
      return fail(
        'gated',
        `${repo} is gated: accept its terms at ${endpoint}/${repo}, then use a token of that account (${auth}).`,
      );
    }
    if (code === 'RevisionNotFound')
      return fail('no-revision', `${repo} has no branch, tag or commit ${JSON.stringify(revision)}.`);
    if (code === 'EntryNotFound') return fail('no-file', `${repo} has no such file.`);
    if (response.status === 401 && said === 'Invalid credentials in Authorization header') {
      return fail('denied', `${endpoint} does not know the token that was sent; log in again or set HF_TOKEN.`);
    }
    if (code === 'RepoNotFound' || response.status === 401) {
      return fail(
        'no-repo',
        `${endpoint} has no model ${repo}, or it is private: check the name; ${auth}. (There is no folder ${repo} either.)`,
      );
    }
    if (response.status === 403)
      return fail('denied', `${endpoint} refuses ${repo} (403${said ? `: ${said}` : ''}): ${auth}.`);
    if (response.status === 404) return fail('no-file', `${repo} has no such file.`);
    return fail(
      'busy',
      `${endpoint} answered ${response.status} for ${repo}${said ? ` (${said})` : ''}; try again later.`,
    );
  }
}
