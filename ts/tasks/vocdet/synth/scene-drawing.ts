/** Draws scenes, and measures on the drawn pixels where their things are. */
import type { Rng } from '../../../data/rng';
import type { Extent } from '../../../vision/boxes';
import type { RgbImage } from '../../../vision/image';
import { Canvas } from './canvas';
import type { VocName } from '../annotations/classes';
import type { Background, Scene } from './scene';
import { drawSprite } from './sprite';
import { sharp } from '../../../vision/image';

/** A thing as it is seen in a drawn scene. */
export interface SeenThing {
  readonly name: VocName;
  /** Left, top, right and bottom of the pixels that show it, counted from 0, both ends inside. */
  readonly box: readonly [number, number, number, number];
  /** Part of it lies beyond the border. */
  readonly truncated: boolean;
  /** Part of it lies behind other things. */
  readonly occluded: boolean;
}

export interface DrawnScene {
  readonly image: RgbImage;
  /** From back to front. */
  readonly things: readonly SeenThing[];
}

/** The least share of a thing that stays in sight. */
const LEAST_SEEN = 0.7;
/** Places tried for a thing, before the scene does without it. */
const TRIES = 30;

/** Draws the things of a scene one over the other, each at a place where enough of all is seen; `rng` says where. */
export async function drawScene(scene: Scene, rng: Rng): Promise<DrawnScene> {
  const sprites = await Promise.all(scene.things.map(drawSprite));
  const canvas = new Canvas(await drawBackground(scene.background, scene));
  const names = scene.things.flatMap(({ name }, index) => {
    const sprite = sprites[index]!;
    for (let tries = 0; tries < TRIES; tries++) {
      const [x, y] = [randomPosition(scene.width, sprite.width, rng), randomPosition(scene.height, sprite.height, rng)];
      if (canvas.lay(sprite, x, y, LEAST_SEEN)) return [name];
    }
    return [];
  });
  return { image: canvas.image, things: names.map((name, layer) => ({ name, ...canvas.view(layer) })) };
}

/** A first row or column for a sprite, of which a quarter may lie beyond the border; most of that is its empty margin. */
function randomPosition(room: number, size: number, rng: Rng): number {
  return Math.floor(rng.uniform() * (room - size / 2) - size / 4);
}

async function drawBackground(
  { kind, colours: [above, middle, below], spots, horizon }: Background,
  { width, height }: Extent,
): Promise<RgbImage> {
  const colours = [above, middle, below];
  const gradient = (from: string, to: string) =>
    `<defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs>`;
  const rectangle = (x: number, y: number, w: number, h: number, fill: string) =>
    `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"/>`;
  const whole = rectangle(0, 0, width, height, above);
  const line = Math.round(height * horizon);
  const drawings: Record<Background['kind'], string> = {
    solid: whole,
    slope: `${gradient(above, below)}${rectangle(0, 0, width, height, 'url(#g)')}`,
    horizon: `${gradient(above, middle)}${rectangle(0, 0, width, line, 'url(#g)')}${rectangle(0, line, width, height - line, below)}`,
    stripes:
      whole + Array.from({ length: 8 }, (_, i) => rectangle((i * width) / 8, 0, width / 16, height, middle)).join(''),
    tiles:
      whole +
      Array.from({ length: 32 }, (_, i) =>
        rectangle(
          ((i % 4) * 2 + (Math.floor(i / 4) % 2)) * (width / 8),
          Math.floor(i / 4) * (height / 8),
          width / 8,
          height / 8,
          middle,
        ),
      ).join(''),
  };
  const circles = spots.map(
    ({ x, y, radius, colour }) =>
      `<circle cx="${x * width}" cy="${y * height}" r="${radius * width}" fill="${colours[colour]}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawings[kind]}${circles.join('')}</svg>`;
  const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
