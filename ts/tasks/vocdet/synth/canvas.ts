import type { Extent } from '../../../vision/boxes';
import type { RgbImage } from '../../../vision/image';
import type { Sprite } from './sprite';

/** No thing owns a pixel of the background. */
const NOBODY = 255;

/** An image on which sprites are laid over each other, and which of them each pixel shows. */
export class Canvas {
  readonly #owners: Uint8Array;
  readonly #layers: { readonly sprite: Sprite; readonly inside: number; seen: number }[] = [];

  constructor(readonly image: RgbImage) {
    this.#owners = new Uint8Array(image.width * image.height).fill(NOBODY);
  }

  /**
   * Lays a sprite with its top left corner at (x, y), unless too little of it, or of one below it, would be seen then.
   * @param least the share of its pixels that must be seen of each sprite
   * @returns whether it was laid
   */
  lay(sprite: Sprite, x: number, y: number, least: number): boolean {
    const covered = new Uint32Array(this.#layers.length);
    let inside = 0;
    for (const pixel of sprite.shown) {
      const at = this.#pixelAt(sprite, pixel, x, y);
      if (at === undefined) continue;
      inside++;
      if (this.#owners[at] !== NOBODY) covered[this.#owners[at]!]!++;
    }
    if (inside < least * sprite.shown.length) return false;
    if (this.#layers.some((layer, index) => layer.seen - covered[index]! < least * layer.sprite.shown.length))
      return false;
    this.#layers.forEach((layer, index) => (layer.seen -= covered[index]!));
    this.#paint(sprite, x, y);
    for (const pixel of sprite.shown) {
      const at = this.#pixelAt(sprite, pixel, x, y);
      if (at !== undefined) this.#owners[at] = this.#layers.length;
    }
    this.#layers.push({ sprite, inside, seen: inside });
    return true;
  }

  /** How a laid sprite is seen now. Its box spans the pixels that show it, both ends inside: left, top, right, bottom. */
  view(index: number): { box: [number, number, number, number]; truncated: boolean; occluded: boolean } {
    const { width }: Extent = this.image;
    const { sprite, inside, seen } = this.#layers[index]!;
    const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
    this.#owners.forEach((owner, at) => {
      if (owner !== index) return;
      const [x, y] = [at % width, Math.floor(at / width)];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    });
    return { box, truncated: inside < sprite.shown.length, occluded: seen < inside };
  }

  #paint(sprite: Sprite, x: number, y: number): void {
    const { data } = this.image;
    for (let pixel = 0; pixel < sprite.width * sprite.height; pixel++) {
      const opacity = sprite.data[4 * pixel + 3]! / 255;
      const at = opacity > 0 ? this.#pixelAt(sprite, pixel, x, y) : undefined;
      if (at === undefined) continue;
      for (let channel = 0; channel < 3; channel++) {
        data[3 * at + channel] = Math.round(
          opacity * sprite.data[4 * pixel + channel]! + (1 - opacity) * data[3 * at + channel]!,
        );
      }
    }
  }

  /** The pixel of the image under one of a sprite; undefined beyond the border. */
  #pixelAt(sprite: Sprite, pixel: number, x: number, y: number): number | undefined {
    const { width, height } = this.image;
    const [column, row] = [x + (pixel % sprite.width), y + Math.floor(pixel / sprite.width)];
    return column >= 0 && column < width && row >= 0 && row < height ? row * width + column : undefined;
  }
}
