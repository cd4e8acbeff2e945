import { InputError } from '../errors';
import type { ByteSource } from './byte-source';

/** The text that Git LFS leaves where a file should be: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. */
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\s[^]*?^size (\d+)/m;

/** @throws InputError for a file that was cloned without Git LFS, which names it */
export function rejectPointer(source: ByteSource): void {
  const [, size] = POINTER.exec(source.upTo(0, 512).toString('latin1')) ?? [];
  if (size === undefined) return;
  throw new InputError(
    `${source.label} is a Git LFS pointer, a text of ${source.size} bytes in place of the file of ${size}: run \`git lfs pull\` in its folder, or download the file itself.`,
  );
}
