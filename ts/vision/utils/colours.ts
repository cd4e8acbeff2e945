import { InputError } from '../../errors';
import type { Colour } from '../text';

/** A colour by name, as `'#rrggbb'`, or as bytes of red, green and blue. */
export type ColourLike = string | readonly [red: number, green: number, blue: number];

// The names of HTML 4 and some more of CSS.
const NAMES: Readonly<Record<string, string>> = {
  black: '000000',
  white: 'ffffff',
  red: 'ff0000',
  lime: '00ff00',
  green: '008000',
  blue: '0000ff',
  yellow: 'ffff00',
  cyan: '00ffff',
  aqua: '00ffff',
  magenta: 'ff00ff',
  fuchsia: 'ff00ff',
  silver: 'c0c0c0',
  gray: '808080',
  grey: '808080',
  maroon: '800000',
  olive: '808000',
  purple: '800080',
  teal: '008080',
  navy: '000080',
  orange: 'ffa500',
  pink: 'ffc0cb',
  brown: 'a52a2a',
  gold: 'ffd700',
  violet: 'ee82ee',
  indigo: '4b0082',
  turquoise: '40e0d0',
  salmon: 'fa8072',
  crimson: 'dc143c',
  coral: 'ff7f50',
  khaki: 'f0e68c',
  tomato: 'ff6347',
};

/** @throws InputError for what names no colour */
export function colourOf(owner: string, colour: ColourLike): Colour {
  if (
    Array.isArray(colour) &&
    colour.length === 3 &&
    colour.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)
  )
    return colour as unknown as Colour;
  const text =
    typeof colour === 'string' ? (NAMES[colour.toLowerCase()] ?? /^#([0-9a-f]{6})$/i.exec(colour)?.[1]) : undefined;
  if (text === undefined)
    throw new InputError(
      `${owner}: expected a colour such as 'red', '#ff0000' or [255, 0, 0], found ${String(colour)}`,
    );
  return [0, 2, 4].map((at) => parseInt(text.slice(at, at + 2), 16)) as unknown as Colour;
}

/** One colour for each of `count` things: those given, one for all, or torchvision's palette. */
export function coloursOf(owner: string, count: number, given: ColourLike | readonly ColourLike[] | null): Colour[] {
  if (given === null)
    return Array.from(
      { length: count },
      (_, i) => [2 ** 25 - 1, 2 ** 15 - 1, 2 ** 21 - 1].map((step) => (i * step) % 255) as unknown as Colour,
    );
  const isOne = typeof given === 'string' || typeof given[0] === 'number';
  if (isOne) return Array.from({ length: count }, () => colourOf(owner, given as ColourLike));
  const list = given as readonly ColourLike[];
  if (list.length < count)
    throw new InputError(`${owner}: expected a colour for each of ${count}, found ${list.length}`);
  return Array.from({ length: count }, (_, i) => colourOf(owner, list[i]!));
}
