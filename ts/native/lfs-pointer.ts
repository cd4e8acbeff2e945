import { InputError } from '../errors';
import type { ByteSource } from './byte-source';

/** The text that Git LFS leaves where a file should be: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. */
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\s[^]*?^size (\d+)/m;

/** @throws InputError for a file that was cloned without Git LFS, which names it */
export function rejectPointer(source: ByteSource): void {
  rejectPointerText(source.upTo(0, 512), source.label, source.size);
}

/**
 * The same for a file that is in memory.
 * @param size of the file, where `bytes` are only its start
 */
export function rejectPointerText(bytes: Uint8Array, label: string, size = bytes.length): void {
  const [, meant] = POINTER.exec(Buffer.from(bytes.subarray(0, 512)).toString('latin1')) ?? [];
  if (meant === undefined) return;
  throw new InputError(
    `${label} is a Git LFS pointer, a text of ${size} bytes in place of the file of ${meant}: run \`git lfs pull\` in its folder, or download the file itself.`,
  );
}
