/** What a drawn scene shows: a background and some icons, before anything is drawn. */
import type { Rng } from '../../../data/rng';
import type { Extent } from '../../../vision/boxes';
import { vocNames, type VocName } from '../annotations/classes';
import { emojiOf, type Emoji } from './emoji';

export interface Scene extends Extent {
  readonly background: Background;
  /** From back to front. */
  readonly things: readonly Thing[];
}

export interface Thing {
  readonly name: VocName;
  readonly icon: Emoji;
  /** Width and height of the icon's square, in pixels. */
  readonly side: number;
  /** Degrees, clockwise. */
  readonly turn: number;
  readonly mirrored: boolean;
  /** What red, green and blue are multiplied by. */
  readonly tint: readonly [number, number, number];
}

export interface Background {
  readonly kind: (typeof backgroundKinds)[number];
  /** CSS colours, from above to below. */
  readonly colours: readonly [string, string, string];
  /** Shapes strewn over it: centre and radius as shares of width and height, and which of the colours. */
  readonly spots: readonly {
    readonly x: number;
    readonly y: number;
    readonly radius: number;
    readonly colour: number;
  }[];
  /** Height of the horizon, as a share. */
  readonly horizon: number;
}

export const backgroundKinds = ['solid', 'slope', 'horizon', 'stripes', 'tiles'] as const;

/** Of about one area, so that no shape is seen larger than others. */
const shapes: readonly Extent[] = [
  { width: 160, height: 128 },
  { width: 144, height: 144 },
  { width: 128, height: 160 },
];

const MOST_THINGS = 4;
const MOST_TURN = 15;

/** Invents a scene of one to four things of any class. */
export function imagineScene(rng: Rng): Scene {
  const shape = rng.pick(shapes);
  const count = 1 + rng.integer(MOST_THINGS);
  const background = imagineBackground(rng);
  return { ...shape, background, things: Array.from({ length: count }, () => imagineThing(rng, shape, count)) };
}

function imagineThing(rng: Rng, { width, height }: Extent, count: number): Thing {
  const name = rng.pick(vocNames);
  // The more things, the smaller, so that they find room beside each other.
  const largest = [0.85, 0.7, 0.58, 0.5][count - 1]!;
  const shade = between(rng, 0.85, 1.1);
  return {
    name,
    icon: rng.pick<Emoji>(emojiOf[name]),
    side: Math.round(Math.min(width, height) * between(rng, 0.3, largest)),
    turn: between(rng, -MOST_TURN, MOST_TURN),
    mirrored: rng.uniform() < 0.5,
    tint: [shade * between(rng, 0.92, 1.08), shade * between(rng, 0.92, 1.08), shade * between(rng, 0.92, 1.08)],
  };
}

function imagineBackground(rng: Rng): Background {
  const kind = rng.pick(backgroundKinds);
  const hue = rng.integer(360);
  const colour = () => `hsl(${(hue + rng.integer(90)) % 360} ${20 + rng.integer(45)}% ${35 + rng.integer(50)}%)`;
  const colours: Background['colours'] = [colour(), colour(), colour()];
  const spots = Array.from({ length: rng.integer(14) }, () => ({
    x: rng.uniform(),
    y: rng.uniform(),
    radius: between(rng, 0.01, 0.09),
    colour: rng.integer(3),
  }));
  return { kind, colours, spots, horizon: between(rng, 0.35, 0.75) };
}

function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.uniform();
}
