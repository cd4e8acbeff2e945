import { InputError } from '../errors';
import { rejectPointerText } from '../native/lfs-pointer';

/**
 * The text of a file that people or tools have written: UTF-8 as a rule, UTF-16 as Windows writes it, with a byte order mark or
 * without. What is neither is read as Windows-1252, which Latin-1 is a part of.
 */
export function decodeText(bytes: Uint8Array): string {
  const unicode = unicodeEncoding(bytes);
  if (unicode) return new TextDecoder(unicode).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/**
 * The same for a file that names its encoding.
 * @param label what to call the file in errors
 * @throws InputError when there is no such encoding, or the bytes are none of it
 */
export function decodeAs(encoding: string, bytes: Uint8Array, label: string): string {
  const unicode = unicodeEncoding(bytes);
  // A file that could be read as far as its own name for the encoding is not in UTF-16, though .NET's StringWriter says so.
  const name = unicode ?? (/^(utf-?16|ucs-?2|unicode$)/i.test(encoding) ? 'utf-8' : encoding);
  const decoder = decoderOf(name, label);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new InputError(`${label} line 1 column 1: expected text in ${name}, found bytes that are none.`, { cause });
  }
}

/** What archives and compressed files begin with. */
const PACKED: readonly [start: readonly number[], name: string][] = [
  [[0x1f, 0x8b], 'gzip'],
  [[0x50, 0x4b, 3, 4], 'zip'],
  [[0x42, 0x5a, 0x68], 'bzip2'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz'],
];

/**
 * @param label what to call the file in errors
 * @throws InputError for a file that stands for the text, or has it packed
 */
export function requireText(bytes: Uint8Array, label: string): void {
  rejectPointerText(bytes, label);
  const [, packed] = PACKED.find(([start]) => start.every((byte, at) => bytes[at] === byte)) ?? [];
  if (packed !== undefined)
    throw new InputError(`${label}: expected text, found a file packed by ${packed}; unpack it first.`);
}

/** The lines of a text, however they end. */
export function textLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** By the byte order mark, or by the zeros that UTF-16 has beside the letters of ASCII. */
function unicodeEncoding([first, second, third]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first! > 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second! > 0)) return 'utf-16be';
  return undefined;
}

function decoderOf(encoding: string, label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new InputError(
      `${label} line 1 column 1: expected the name of an encoding, found '${encoding}'; save the file as UTF-8.`,
      { cause },
    );
  }
}
