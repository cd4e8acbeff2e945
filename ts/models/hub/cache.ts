/**
 * The cache folder of the Hugging Face hub, in the layout of its Python client (huggingface_hub, file_download.py), so
 * that what one of the two has fetched the other finds:
 *
 *     models--org--name/refs/<branch or tag>          the commit it stands for
 *     models--org--name/snapshots/<commit>/<file>     a link to the blob
 *     models--org--name/blobs/<etag>                  the bytes, once for all commits that share them
 *     models--org--name/.no_exist/<commit>/<file>     the repository has no such file
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { InputError } from '../../errors';

const COMMIT = /^[0-9a-f]{40}$/;

export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

export class RepoCache {
  readonly folder: string;

  constructor(cacheDir: string, repo: string) {
    this.folder = join(cacheDir, `models--${repo.replaceAll('/', '--')}`);
  }

  /** The commit that a branch, tag or commit stood for when it was last asked for. */
  commitOf(revision: string): string | undefined {
    if (isCommit(revision)) return revision;
    const ref = join(this.folder, 'refs', safe(revision));
    const commit = existsSync(ref) ? readFileSync(ref, 'utf8').trim() : '';
    return isCommit(commit) ? commit : undefined;
  }

  rememberCommit(revision: string, commit: string): void {
    if (this.commitOf(revision) === commit) return;
    const ref = join(this.folder, 'refs', safe(revision));
    mkdirSync(dirname(ref), { recursive: true });
    // Renamed into place: a reader never sees half a commit.
    const draft = `${ref}.${process.pid}.tmp`;
    writeFileSync(draft, commit);
    renameSync(draft, ref);
  }

  /** Whether anything of this commit was ever fetched. */
  has(commit: string): boolean {
    return existsSync(join(this.folder, 'snapshots', commit));
  }

  /** The path of a file of a commit, when it is here. */
  find(commit: string, file: string): string | undefined {
    const path = this.#pointer(commit, file);
    return existsSync(path) ? path : undefined;
  }

  isAbsent(commit: string, file: string): boolean {
    return existsSync(join(this.folder, '.no_exist', commit, safe(file)));
  }

  rememberAbsent(commit: string, file: string): void {
    const mark = join(this.folder, '.no_exist', commit, safe(file));
    mkdirSync(dirname(mark), { recursive: true });
    writeFileSync(mark, '');
  }

  blob(etag: string): string {
    return join(this.folder, 'blobs', safe(etag));
  }

  /** Lets `file` of `commit` be the blob `etag`, and gives its path. */
  link(commit: string, file: string, etag: string): string {
    const pointer = this.#pointer(commit, file);
    const draft = `${pointer}.${process.pid}.tmp`;
    mkdirSync(dirname(pointer), { recursive: true });
    rmSync(draft, { force: true });
    try {
      symlinkSync(relative(dirname(pointer), this.blob(etag)), draft);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
      // A file system without links, such as exFAT.
      copyFileSync(this.blob(etag), draft);
    }
    renameSync(draft, pointer);
    return pointer;
  }

  #pointer(commit: string, file: string): string {
    return join(this.folder, 'snapshots', commit, safe(file));
  }
}

/** A name that stays inside the folder it is joined to; these come from users and from servers. */
function safe(name: string): string {
  const parts = name.split('/');
  if (
    name === '' ||
    name.includes('\\') ||
    name.includes('\0') ||
    parts.some((part) => ['', '.', '..'].includes(part))
  ) {
    throw new InputError(
      `Expected the name of a file or revision inside the repository, found ${JSON.stringify(name)}.`,
    );
  }
  return name;
}
