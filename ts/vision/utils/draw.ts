import { DTypeError, InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { isFloatingPoint } from '../../tensor/types/dtype';
import { resolveOptions } from '../../options';
import type { RgbImage } from '../image';
import { drawText, fillRectangle, type Colour } from '../text';
import { colourOf, coloursOf, type ColourLike } from './colours';
import { requireTensor } from '../../tensor/core/arguments';

/** Pixels of an image (C, H, W) to draw on: of bytes, or of floats from 0 to 1; grey becomes three channels. */
function canvasOf(owner: string, image: Tensor): RgbImage {
  if (!(image instanceof torch.Tensor) || image.ndim !== 3 || ![1, 3].includes(image.size(0))) {
    throw new ShapeError(
      `${owner}: expected an image (C, H, W) of 1 or 3 channels, found ${image instanceof torch.Tensor ? `[${image.shape.join(', ')}]` : typeof image}`,
    );
  }
  if (image.dtype !== 'uint8' && !isFloatingPoint(image.dtype))
    throw new DTypeError(
      `${owner}: expected an image of bytes (uint8), or of floats from 0 to 1, found ${image.dtype}`,
    );
  return torch.noGrad(() =>
    torch.scoped(() => {
      const bytes = image.dtype === 'uint8' ? image : image.mul(255).add(0.5).clamp(0, 255).to('uint8');
      const rows = bytes.detach().expand([3, -1, -1]).permute(1, 2, 0).contiguous();
      return { data: rows.data() as Uint8Array, height: image.size(1), width: image.size(2) };
    }),
  );
}

/** The drawing as a tensor of the type and on the device of the image: (3, H, W). */
function imageOf({ data, height, width }: RgbImage, { dtype, device }: Tensor): Tensor {
  return torch.noGrad(() =>
    torch.scoped(() => {
      const bytes = torch.fromTypedArray(data, [height, width, 3]).permute(2, 0, 1).contiguous();
      return (dtype === 'uint8' ? bytes : bytes.to(dtype).div(255)).to(device);
    }),
  );
}

/** Options of {@link drawBoundingBoxes}, with torchvision's names and defaults. */
export interface DrawBoxesOptions {
  /** A text for each box, or null for none. */
  readonly labels?: readonly (string | null)[] | null;
  /** One for all, or one for each box. @default a palette */
  readonly colors?: ColourLike | readonly ColourLike[] | null;
  /** Cover the inside half way. @default false */
  readonly fill?: boolean;
  /** Of the outline, in pixels. @default 1 */
  readonly width?: number;
  /** Of the texts. @default those of the boxes */
  readonly labelColors?: ColourLike | readonly ColourLike[] | null;
}

const boxDefaults: Required<DrawBoxesOptions> = {
  labels: null,
  colors: null,
  fill: false,
  width: 1,
  labelColors: null,
};
const FILL = 100 / 255; // the cover of a filled box

/**
 * Draws boxes and their labels on a copy of an image, as torchvision.utils.draw_bounding_boxes does; the letters are of another font.
 * @param image (C, H, W), bytes or floats from 0 to 1
 * @param boxes (N, 4), corners in pixels
 * @returns (3, H, W), of the image's type
 */
export function drawBoundingBoxes(image: Tensor, boxes: Tensor, options: DrawBoxesOptions = {}): Tensor {
  const owner = 'drawBoundingBoxes';
  const { labels, colors, fill, width, labelColors } = resolveOptions(owner, boxDefaults, options);
  requireTensor(owner, 'boxes', boxes);
  if (boxes.ndim !== 2 || (boxes.shape[1] !== 4 && boxes.size(0) > 0))
    throw new ShapeError(`${owner}: expected boxes (N, 4), found [${boxes.shape.join(', ')}]`);
  const canvas = canvasOf(owner, image);
  const rows = torch.scoped(() => boxes.detach().to('int64').toArray() as number[][]);
  if (labels !== null && labels.length !== rows.length)
    throw new InputError(`${owner}: expected a label for each of ${rows.length} boxes, found ${labels.length}`);
  const colours = coloursOf(owner, rows.length, colors);
  const letters = labelColors === null ? colours : coloursOf(owner, rows.length, labelColors);
  rows.forEach(([xmin, ymin, xmax, ymax], i) => {
    if (xmin! > xmax! || ymin! > ymax!)
      throw new InputError(
        `${owner}: expected boxes with xmin <= xmax and ymin <= ymax, found [${rows[i]!.join(', ')}]`,
      );
    if (fill) cover(canvas, (x, y) => x >= xmin! && x <= xmax! && y >= ymin! && y <= ymax!, colours[i]!, FILL);
    outline(canvas, [xmin!, ymin!, xmax!, ymax!], colours[i]!, width);
    const label = labels?.[i];
    if (label) drawText(canvas, label, xmin! + width + 1, ymin! + width + 1, { colour: letters[i]! });
  });
  return imageOf(canvas, image);
}

function outline(
  canvas: RgbImage,
  [xmin, ymin, xmax, ymax]: readonly [number, number, number, number],
  colour: Colour,
  width: number,
): void {
  const [across, down] = [xmax - xmin + 1, ymax - ymin + 1];
  const thick = Math.min(width, across, down);
  fillRectangle(canvas, xmin, ymin, across, thick, colour);
  fillRectangle(canvas, xmin, ymax - thick + 1, across, thick, colour);
  fillRectangle(canvas, xmin, ymin, thick, down, colour);
  fillRectangle(canvas, xmax - thick + 1, ymin, thick, down, colour);
}

function cover(canvas: RgbImage, isInside: (x: number, y: number) => boolean, colour: Colour, share: number): void {
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      if (!isInside(x, y)) continue;
      const at = 3 * (y * canvas.width + x);
      for (let c = 0; c < 3; c++)
        canvas.data[at + c] = Math.round(canvas.data[at + c]! * (1 - share) + colour[c]! * share);
    }
  }
}

/** Options of {@link drawSegmentationMasks}, with torchvision's names and defaults. */
export interface DrawMasksOptions {
  /** Cover of the masks, from 0, which is none, to 1. @default 0.8 */
  readonly alpha?: number;
  /** One for all, or one for each mask. @default a palette */
  readonly colors?: ColourLike | readonly ColourLike[] | null;
}

/**
 * Lays coloured masks over a copy of an image, as torchvision.utils.draw_segmentation_masks does; of masks that overlap the last counts.
 * @param image (C, H, W), bytes or floats from 0 to 1
 * @param masks (N, H, W) or (H, W), bool
 * @returns (3, H, W), of the image's type
 */
export function drawSegmentationMasks(image: Tensor, masks: Tensor, options: DrawMasksOptions = {}): Tensor {
  const owner = 'drawSegmentationMasks';
  const { alpha, colors } = resolveOptions<Required<DrawMasksOptions>>(owner, { alpha: 0.8, colors: null }, options);
  if (!(alpha >= 0 && alpha <= 1)) throw new InputError(`${owner}: expected alpha from 0 to 1, found ${alpha}`);
  requireTensor(owner, 'masks', masks);
  if (masks.dtype !== 'bool') throw new DTypeError(`${owner}: expected masks of bool, found ${masks.dtype}`);
  const canvas = canvasOf(owner, image);
  const [height, width] = masks.shape.slice(-2);
  if (masks.ndim < 2 || masks.ndim > 3 || height !== canvas.height || width !== canvas.width) {
    throw new ShapeError(
      `${owner}: expected masks (N, ${canvas.height}, ${canvas.width}), found [${masks.shape.join(', ')}]`,
    );
  }
  const bits = torch.scoped(() => masks.data() as Uint8Array);
  const size = canvas.height * canvas.width;
  const colours = coloursOf(owner, bits.length / size, colors);
  const last = (x: number, y: number): number => {
    let found = -1;
    for (let mask = 0; mask < colours.length; mask++) if (bits[mask * size + y * canvas.width + x]) found = mask;
    return found;
  };
  colours.forEach((colour, mask) =>
    cover(canvas, (x, y) => bits[mask * size + y * canvas.width + x] !== 0 && last(x, y) === mask, colour, alpha),
  );
  return imageOf(canvas, image);
}

/** Options of {@link drawKeypoints}, with torchvision's names and defaults. */
export interface DrawKeypointsOptions {
  /** Pairs of points that a line joins. */
  readonly connectivity?: readonly (readonly [number, number])[] | null;
  /** Of points and lines. @default 'red' */
  readonly colors?: ColourLike;
  /** Of a point, in pixels. @default 2 */
  readonly radius?: number;
  /** Of a line, in pixels. @default 3 */
  readonly width?: number;
}

const pointDefaults: Required<DrawKeypointsOptions> = { connectivity: null, colors: 'red', radius: 2, width: 3 };

/**
 * Draws points on a copy of an image, and lines between them, as torchvision.utils.draw_keypoints does.
 * @param image (C, H, W), bytes or floats from 0 to 1
 * @param keypoints (N, K, 2), x and y of K points of each of N things
 * @returns (3, H, W), of the image's type
 */
export function drawKeypoints(image: Tensor, keypoints: Tensor, options: DrawKeypointsOptions = {}): Tensor {
  const owner = 'drawKeypoints';
  const { connectivity, colors, radius, width } = resolveOptions(owner, pointDefaults, options);
  requireTensor(owner, 'keypoints', keypoints);
  if (keypoints.ndim !== 3 || keypoints.shape[2] !== 2)
    throw new ShapeError(`${owner}: expected points (N, K, 2), found [${keypoints.shape.join(', ')}]`);
  const canvas = canvasOf(owner, image);
  const colour = colourOf(owner, colors);
  for (const points of torch.scoped(() => keypoints.detach().to('float64').toArray() as number[][][])) {
    for (const [x, y] of points) cover(canvas, (column, row) => Math.hypot(column - x!, row - y!) <= radius, colour, 1);
    for (const [first, second] of connectivity ?? []) {
      const [from, to] = [points[first], points[second]];
      if (!from || !to)
        throw new InputError(
          `${owner}: expected pairs of points from 0 to ${points.length - 1}, found [${first}, ${second}]`,
        );
      cover(canvas, (x, y) => distanceToLine(x, y, from, to) <= width / 2, colour, 1);
    }
  }
  return imageOf(canvas, image);
}

function distanceToLine(x: number, y: number, [x0, y0]: readonly number[], [x1, y1]: readonly number[]): number {
  const [dx, dy] = [x1! - x0!, y1! - y0!];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(Math.max(((x - x0!) * dx + (y - y0!) * dy) / length, 0), 1);
  return Math.hypot(x - x0! - along * dx, y - y0! - along * dy);
}
