/** The kinds of files that are decoded. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif';

/** What a file is by its first bytes; undefined when it is none of the decoded kinds. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp';
  if (head.startsWith('GIF8')) return 'gif';
  if (head.startsWith('II*\0') || head.startsWith('MM\0*')) return 'tiff';
  if (head.startsWith('ftypavif', 4)) return 'avif';
  return undefined;
}

/** So much of a file libvips looks at for the start of an SVG. */
const SVG_HEAD_BYTES = 1000;
/** What comes before has to be ASCII. */
const SVG_ASCII_BYTES = 24;

/**
 * Whether the decoder might take the bytes for an SVG, whatever they begin with: it asks for `<svg` near the start when the
 * loader of another kind declines. An SVG is a program; rendering one can take for ever, and it is never asked for here.
 */
export function couldBeSvg(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SVG_HEAD_BYTES)).toString('latin1');
  return !/[\x80-\xff]/.test(head.slice(0, SVG_ASCII_BYTES)) && /<svg/i.test(head);
}

/** What a file that is no image seems to be, in words for an error message. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1');
  for (const [pattern, name] of knownOthers) if (pattern.test(head)) return name;
  // Control characters other than tab and line ends do not occur in text.
  return /[\x00-\x08\x0e-\x1f]/.test(head) ? 'bytes of another kind' : 'text';
}

const knownOthers: readonly [RegExp, string][] = [
  [/^\s*<(!doctype html|html|head|body)/i, 'a web page'],
  [/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?<svg/i, 'an SVG drawing'],
  [/^BM/, 'a BMP image'],
  [/^....ftyp(heic|heix|mif1)/s, 'a HEIC image'],
  [/^%PDF/, 'a PDF document'],
  [/^PK\x03\x04/, 'a zip'],
  [/^\x1f\x8b/, 'a gzip file'],
  [/^version https:\/\/git-lfs\./, 'a Git LFS pointer in place of the file (git lfs pull gets it)'],
];

export interface JpegHeader {
  /** 1 grey, 3 colour, 4 CMYK or YCCK. */
  readonly components: number;
  /** Whether an Exif block comes before the image, which may say how to turn it. */
  readonly hasExif: boolean;
}

/**
 * What the segments before the first frame of a JPEG say (ITU T.81, annex B); undefined when they are broken.
 * Asking the decoder instead would open the file twice.
 */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  let hasExif = false;
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    // Any number of fill bytes may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrame(marker)) return { components: bytes[at + 9]!, hasExif };
    // APP1 also carries XMP.
    if (marker === 0xe1 && String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === 'Exif') hasExif = true;
    at += 2 + 256 * bytes[at + 2]! + bytes[at + 3]!;
  }
  return undefined;
}

/** SOF0 to SOF15; C4, C8 and CC in their midst are other segments. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
