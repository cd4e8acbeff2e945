import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { InputError } from '../errors';
import { expected, resolveOptions } from '../options';
import { causeOf } from '../native/system-error';
import { couldBeSvg, describeBytes, imageFormat, jpegHeader, type ImageFormat } from './format';
import { decodeGif, gifSize } from './gif';
import type { Extent } from './boxes';

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

const MAX_PIXELS = 178_956_970;
/** No image below the limit takes so long, unless it is made to. */
const TIMEOUT_SECONDS = 120;

// Several images are in flight at a time, so threads inside one cost more than they bring, and none is decoded twice.
sharp.concurrency(1);
sharp.cache(false);

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

async function raw(image: sharp.Sharp): Promise<RgbImage> {
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
