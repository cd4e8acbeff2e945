/**
 * The first image of a GIF (GIF89a specification, W3C), with the colours of its palette also where they stand for
 * transparency, as Pillow's `convert('RGB')` gives them. The decoder of the other kinds gives black there.
 */

/** Red, green and blue bytes, row after row. */
export interface GifFrame {
  /** height * width * 3 bytes. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;
/** First row and step of each pass of an interlaced image. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** Width and height of the canvas; nothing but the header is read. @throws RangeError when it is cut short */
export function gifSize(bytes: Uint8Array): { width: number; height: number } {
  const reader = new Reader(bytes, 6);
  return { width: reader.uint16(), height: reader.uint16() };
}

/** @throws RangeError with what is wrong, of a file that is cut short or damaged */
export function decodeGif(bytes: Uint8Array): GifFrame {
  const { width, height } = gifSize(bytes);
  const reader = new Reader(bytes, 10);
  const flags = reader.byte();
  reader.skip(2); // background colour, which nobody shows, and the aspect ratio
  const common = flags & 0x80 ? reader.palette(flags) : undefined;
  let transparent: number | undefined;
  for (;;) {
    const block = reader.byte();
    if (block === IMAGE) break;
    if (block !== EXTENSION) throw new RangeError('it has no image');
    if (reader.byte() === GRAPHIC_CONTROL) {
      const control = reader.blocks();
      transparent = control[0]! & 1 ? control[3] : undefined;
    } else reader.blocks();
  }
  const [left, top, frameWidth, frameHeight] = [reader.uint16(), reader.uint16(), reader.uint16(), reader.uint16()];
  const frameFlags = reader.byte();
  const palette = (frameFlags & 0x80 ? reader.palette(frameFlags) : undefined) ?? common ?? greys();
  const indices = unpack(reader.byte(), reader.blocks(), frameWidth * frameHeight);
  const canvas = new Uint8Array(width * height).fill(transparent ?? 0);
  const rows = frameFlags & 0x40 ? interlaced(frameHeight) : Array.from({ length: frameHeight }, (_, row) => row);
  rows.forEach((row, i) => {
    if (top + row >= height) return;
    const line = indices.subarray(i * frameWidth, i * frameWidth + Math.max(0, Math.min(frameWidth, width - left)));
    canvas.set(line, (top + row) * width + Math.min(left, width - line.length));
  });
  return { data: coloured(canvas, palette), width, height };
}

class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  byte(): number {
    if (this.#at >= this.#bytes.length) throw new RangeError('it is cut short');
    return this.#bytes[this.#at++]!;
  }

  uint16(): number {
    return this.byte() + 256 * this.byte();
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** Three bytes a colour. */
  palette(flags: number): Uint8Array {
    const start = this.#at;
    this.#at += 3 * 2 ** ((flags & 7) + 1);
    if (this.#at > this.#bytes.length) throw new RangeError('it is cut short');
    return this.#bytes.subarray(start, this.#at);
  }

  /** The blocks up to an empty one, joined. */
  blocks(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let length = this.byte(); length > 0; length = this.byte()) {
      if (this.#at + length > this.#bytes.length) throw new RangeError('it is cut short');
      parts.push(this.#bytes.subarray(this.#at, (this.#at += length)));
    }
    return Buffer.concat(parts);
  }
}

/** The order in which the rows of an interlaced image come. */
function interlaced(height: number): number[] {
  return PASSES.flatMap(([first, step]) =>
    Array.from({ length: Math.max(0, Math.ceil((height - first) / step)) }, (_, i) => first + i * step),
  );
}

function greys(): Uint8Array {
  return Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
}

/** Indices beyond the palette are black. */
function coloured(indices: Uint8Array, palette: Uint8Array): Uint8Array {
  const data = new Uint8Array(3 * indices.length);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    const at = 3 * indices[pixel]!;
    for (let channel = 0; channel < 3; channel++) data[3 * pixel + channel] = palette[at + channel] ?? 0;
  }
  return data;
}

const LONGEST_CODE = 12;

/** Variable-length LZW (appendix F of the specification): exactly `length` indices. */
function unpack(minimum: number, packed: Uint8Array, length: number): Uint8Array {
  if (minimum < 1 || minimum > 8) throw new RangeError('its codes have no valid size');
  const clear = 1 << minimum;
  const prefix = new Uint16Array(1 << LONGEST_CODE);
  const suffix = new Uint8Array(1 << LONGEST_CODE);
  const word = new Uint8Array(1 << LONGEST_CODE);
  const out = new Uint8Array(length);
  let [filled, next, size, previous, first] = [0, clear + 2, minimum + 1, -1, 0];
  let [bits, count, at] = [0, 0, 0];
  while (filled < length) {
    while (count < size) {
      if (at >= packed.length) throw new RangeError('it is cut short');
      bits |= packed[at++]! << count;
      count += 8;
    }
    const code = bits & ((1 << size) - 1);
    bits >>>= size;
    count -= size;
    if (code === clear) {
      [next, size, previous] = [clear + 2, minimum + 1, -1];
      continue;
    }
    if (code === clear + 1) throw new RangeError('it ends before its last row');
    if (code > next || (previous < 0 && code >= clear)) throw new RangeError('a code of it stands for nothing');
    // A code that is only now defined is the last word and the first letter of that.
    let letters = 0;
    let rest = code;
    if (code === next) {
      word[letters++] = first;
      rest = previous;
    }
    for (; rest >= clear; rest = prefix[rest]!) word[letters++] = suffix[rest]!;
    first = rest;
    word[letters++] = first;
    while (letters > 0 && filled < length) out[filled++] = word[--letters]!;
    if (previous >= 0 && next < 1 << LONGEST_CODE) {
      prefix[next] = previous;
      suffix[next] = first;
      next++;
      if (next === 1 << size && size < LONGEST_CODE) size++;
    }
    previous = code;
  }
  return out;
}
