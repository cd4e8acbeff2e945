import { InputError } from '../errors';
import { openBytes, type ByteSource, type FileInput } from '../native/byte-source';
import { rejectPointer } from '../native/lfs-pointer';

/**
 * Opens an archive for reads at any position, any number at a time.
 * @param kind what it should be, for errors: 'zip', say
 * @throws InputError when there is no such file, or it is a web page or a pointer of Git LFS
 */
export function openArchive(input: FileInput, kind: string): ByteSource {
  const source = openBytes(input, `a ${kind}`);
  try {
    rejectPointer(source);
    rejectWebPage(source, kind);
    return source;
  } catch (error) {
    source.close();
    throw error;
  }
}

/** File hosts answer a download over its quota with a page, which browsers and scripts save under the name of the file. */
function rejectWebPage(source: ByteSource, kind: string): void {
  if (!/^\s*<(!doctype html|html|head|\?xml)/i.test(source.upTo(0, 512).toString('latin1'))) return;
  throw new InputError(
    `Expected a ${kind} in ${source.label}, found a web page: the host sent a page instead of the file (Google Drive does so when too many have downloaded it). Open it in a browser to see why, and download the ${kind} again.`,
  );
}

/** Longer ones are no help in a message. */
const LONGEST = 200;

/** Text out of an archive as a message shows it: in one line, and shortened where a hostile file has made it long. */
export function shownName(text: string): string {
  return (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text).replaceAll('\n', '\\n');
}
