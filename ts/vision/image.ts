import { readFile } from 'node:fs/promises';
import { InputError } from '../errors';
import { expected, resolveOptions } from '../options';
import { causeOf } from '../native/system-error';
import { decodeGif, gifSize } from './gif';
import type { Extent } from './boxes';
import type { Sharp, SharpOptions } from 'sharp';

/** A decoded image: red, green and blue bytes, row after row from the top left. */
export interface RgbImage {
  /** height * width * 3 bytes, in the order (H, W, 3). */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface DecodeOptions {
  /** Images with more pixels are refused before their pixels are decoded. @default 178,956,970 (half a GiB of RGB, as Pillow) */
  readonly maxPixels?: number;
}

let library: typeof import('sharp') | undefined;

/** The package sharp, which is loaded with the first image: a program without images does without its libraries, 20 MB of memory. */
export function sharp(input: Uint8Array, options?: SharpOptions): Sharp {
  library ??= loadSharp();
  return library(input, options);
}

function loadSharp(): typeof import('sharp') {
  const loaded = require('sharp') as typeof import('sharp');
  // Several images are in flight at a time, so threads inside one cost more than they bring, and none is decoded twice.
  loaded.concurrency(1);
  loaded.cache(false);
  return loaded;
}

const MAX_PIXELS = 178_956_970;
/** No image below the limit takes so long, unless it is made to. */
const TIMEOUT_SECONDS = 120;

/**
 * Decodes a JPEG, PNG, WebP, GIF, TIFF or AVIF into upright RGB.
 *
 * Exif orientation is applied; grey becomes three equal channels; palettes are looked up; an alpha
 * channel is dropped, the colours under it kept; of an animation the first frame is taken; of 16-bit
 * channels the high byte; colour profiles are ignored; CMYK is converted without a profile, as
 * (255 - C)(255 - K). All this is what Pillow's `ImageOps.exif_transpose` and `convert('RGB')` do,
 * and for 8-bit files the pixels are the same to the last bit.
 *
 * @param source path of a file, or the bytes of one
 * @param label what to call the image in errors; the path when left out
 * @throws InputError naming the image, when it cannot be read, is no image, is damaged or too large
 */
export async function decodeImage(
  source: string | Uint8Array,
  label?: string,
  options: DecodeOptions = {},
): Promise<RgbImage> {
  const { maxPixels } = resolveOptions<Required<DecodeOptions>>('decodeImage', { maxPixels: MAX_PIXELS }, options);
  const name = label ?? (typeof source === 'string' ? source : 'the image');
  if (typeof source !== 'string' && !(ArrayBuffer.isView(source) && 'byteOffset' in source))
    throw expected('decodeImage', 'a path or bytes', source, '', InputError);
  const bytes = typeof source === 'string' ? await readImage(source, name) : source;
  const format = requireFormat(bytes, name);
  try {
    return await decode(bytes, format, maxPixels);
  } catch (cause) {
    throw await decodeError(cause as Error, bytes, { name, format, maxPixels });
  }
}

/**
 * The kind of an image.
 * @throws InputError for bytes that are none, or that are an SVG as well
 */
function requireFormat(bytes: Uint8Array, name: string): ImageFormat {
  const format = imageFormat(bytes);
  if (!format)
    throw new InputError(
      `Expected a JPEG, PNG, WebP, GIF, TIFF or AVIF image in ${name}, found ${describeBytes(bytes)}.`,
    );
  if (couldBeSvg(bytes))
    throw new InputError(
      `Expected a JPEG, PNG, WebP, GIF, TIFF or AVIF image in ${name}, found one that is an SVG drawing as well, which is not rendered.`,
    );
  return format;
}

function decodeGifWithin(bytes: Uint8Array, maxPixels: number): RgbImage {
  const { width, height } = gifSize(bytes);
  if (width * height === 0) throw new RangeError('it has no pixels');
  if (width * height > maxPixels) throw new RangeError('it exceeds pixel limit');
  return decodeGif(bytes);
}

async function decode(bytes: Uint8Array, format: ImageFormat, maxPixels: number): Promise<RgbImage> {
  if (format === 'gif') return decodeGifWithin(bytes, maxPixels);
  const image = sharp(bytes, { ignoreIcc: true, failOn: 'error', limitInputPixels: maxPixels }).timeout({
    seconds: TIMEOUT_SECONDS,
  });
  const header = format === 'jpeg' ? jpegHeader(bytes) : undefined;
  const isCmyk = header ? header.components === 4 : format === 'tiff' && (await image.metadata()).space === 'cmyk';
  if (isCmyk) return cmykToRgb(await raw(image.autoOrient().pipelineColourspace('cmyk').toColourspace('cmyk')));
  // Upright colour, as nearly all photographs are: each further step costs a tenth of the whole.
  if (header?.components === 3 && !header.hasExif) return raw(image);
  return raw(image.autoOrient().removeAlpha().toColourspace('srgb'));
}

async function raw(image: Sharp): Promise<RgbImage> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Pillow's conversion: each of C, M and Y and the K channel multiply, rounded to the nearest level. */
function cmykToRgb({ data: cmyk, width, height }: RgbImage): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const white = 255 - cmyk[4 * pixel + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      data[3 * pixel + channel] = white - Math.round((cmyk[4 * pixel + channel]! * white) / 255);
    }
  }
  return { data, width, height };
}

async function readImage(path: string, name: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new InputError(`Cannot read the image ${name}: ${causeOf(cause)}.`, { cause });
  }
}

interface Failure {
  readonly name: string;
  readonly format: ImageFormat;
  readonly maxPixels: number;
}

async function decodeError(cause: Error, bytes: Uint8Array, { name, format, maxPixels }: Failure): Promise<InputError> {
  if (cause.message.includes('exceeds pixel limit')) {
    const { width, height } =
      format === 'gif' ? gifSize(bytes) : await sharp(bytes, { limitInputPixels: false }).metadata();
    return new InputError(
      `Expected at most ${maxPixels} pixels in ${name}, found ${width} x ${height}; make it smaller.`,
      { cause },
    );
  }
  // libvips repeats a message once for each attempt, behind the name of its loader.
  const why = cause.message
    .split('\n')[0]!
    .replace(/^Input buffer has corrupt header: /, '')
    .replace(/^\w+: /, '');
  return new InputError(`${name} is a damaged or incomplete ${format.toUpperCase()} image: ${why}.`, { cause });
}

/**
 * Width and height that `decodeImage` would give, from the header alone.
 * @param label what to call the image in errors
 * @throws InputError when the bytes are no image, or their header is damaged
 */
export async function imageSize(bytes: Uint8Array, label: string): Promise<Extent> {
  requireFormat(bytes, label);
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    throw new InputError(
      `${label} is a damaged or incomplete image: ${(cause as Error).message
        .split('\n')[0]!
        .replace(/^Input buffer has corrupt header: /, '')
        .replace(/^\w+: /, '')}.`,
      { cause },
    );
  }
}

/** The kinds of files that are decoded. */
type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif';

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
function couldBeSvg(bytes: Uint8Array): boolean {
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

interface JpegHeader {
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
