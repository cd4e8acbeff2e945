import { InputError } from '../../errors';
import { download } from '../../native/download';
import { statSync } from 'node:fs';
import { isCommit, RepoCache } from './cache';
import { HubError } from './error';
import { Remote, sha256Of, type RemoteFile } from './remote';
import { hubSettings, type HubOptions, type HubSettings } from './settings';

const UNWRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST', 'ENOSPC']);

/** The longest file, in bytes, that is fetched from a hub that does not say how long it is. */
const LONGEST_UNANNOUNCED = 2 ** 30;

/**
 * One model repository of the Hugging Face hub at one revision. Its first file fixes the commit, and all others come
 * from that commit, so a push between two downloads cannot mix versions.
 */
export class HubRepo {
  /** Options and environment as they were when it was made. */
  readonly settings: HubSettings;
  readonly #cache: RepoCache;
  readonly #remote: Remote;
  #commit: string | undefined;
  /** Why no server is asked, if none is. */
  #offline: string | undefined;

  /** @param name `org/name` */
  constructor(
    readonly name: string,
    options: HubOptions = {},
  ) {
    this.settings = hubSettings(options);
    this.#cache = new RepoCache(this.settings.cacheDir, name);
    this.#remote = new Remote(name, this.settings);
    if (isCommit(this.settings.revision)) this.#commit = this.settings.revision;
    if (this.settings.localFilesOnly) this.#offline = 'HF_HUB_OFFLINE or localFilesOnly is set';
  }

  /**
   * The path of a file in the cache, downloaded when it is not there yet; undefined when the repository has none.
   * @throws HubError when the repository or revision does not exist, is closed to us, or cannot be reached and is not in the cache
   */
  async find(file: string): Promise<string | undefined> {
    if (!this.#offline) {
      try {
        return await this.#ask(file);
      } catch (error) {
        if (!(error instanceof HubError) || !error.cacheMayServe || !this.#cachedCommit()) throw error;
        this.#offline = error.message;
        this.settings.onWarning(
          `${error.message} Using the files of ${this.name} that are in ${this.settings.cacheDir}.`,
        );
      }
    }
    return this.#cache.find(this.#requireCachedCommit(), file);
  }

  /** The error that says that `what` was expected here and where it was looked for. */
  missing(what: string): InputError {
    const where = this.#offline
      ? `in the cache of ${this.name} (${this.settings.cacheDir}); ${this.#offline}`
      : `in ${this.name} on ${this.settings.endpoint}`;
    return new HubError(`Expected ${what}, found none ${where}.`, this.#offline ? 'offline' : 'no-file');
  }

  async #ask(file: string): Promise<string | undefined> {
    if (this.#commit) {
      const cached = this.#cache.find(this.#commit, file);
      if (cached || this.#cache.isAbsent(this.#commit, file)) return cached;
    }
    const attributes = await this.#remote.describe(file, this.#commit ?? this.settings.revision);
    return this.#writing(async () => {
      const { commit } = attributes;
      if (commit) {
        this.#commit = commit;
        this.#cache.rememberCommit(this.settings.revision, commit);
      }
      if (attributes.etag !== undefined)
        return this.#findWhole(file, attributes) ?? (await this.#fetch(file, attributes));
      if (commit) this.#cache.rememberAbsent(commit, file);
      return undefined;
    });
  }

  /** A file in the cache that has the length which the hub tells; one that was cut is fetched anew. */
  #findWhole(file: string, { commit, bytes }: RemoteFile): string | undefined {
    const path = this.#cache.find(commit, file);
    return path && (bytes === undefined || statSync(path).size === bytes) ? path : undefined;
  }

  async #fetch(file: string, remote: RemoteFile): Promise<string> {
    const { onProgress, signal } = this.settings;
    const { bytes } = remote;
    const blob = this.#cache.blob(remote.etag);
    const size = statSync(blob, { throwIfNoEntry: false })?.size;
    if (size === undefined || (bytes !== undefined && size !== bytes)) {
      await download(remote.url, blob, {
        force: size !== undefined,
        bytes,
        maxBytes: LONGEST_UNANNOUNCED,
        sha256: sha256Of(remote),
        // Only to the hub itself: fetch() takes the token off when a redirect leads to another host or port.
        headers: this.#remote.headers,
        signal,
        onProgress: onProgress && ((progress) => onProgress({ ...progress, file })),
      });
    }
    return this.#cache.link(remote.commit, file, remote.etag);
  }

  #cachedCommit(): string | undefined {
    const commit = this.#commit ?? this.#cache.commitOf(this.settings.revision);
    return commit && this.#cache.has(commit) ? commit : undefined;
  }

  #requireCachedCommit(): string {
    const commit = this.#cachedCommit();
    if (commit) return commit;
    const { revision, cacheDir } = this.settings;
    throw new HubError(
      `${this.name} (revision ${revision}) is not in the cache ${cacheDir}, and ${this.#offline}: run once with the network, or set HF_HOME to the cache that has it. (There is no folder ${this.name} either.)`,
      'offline',
    );
  }

  async #writing<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!UNWRITABLE.has(code ?? '')) throw error;
      throw new InputError(
        `The cache ${this.settings.cacheDir} cannot be written (${code}); set HF_HOME to a folder that can.`,
        { cause: error },
      );
    }
  }
}
