/**
 * Random changes of training images, made on the resized bytes, between `ImageProcessor.pixels` and
 * `normalize`. Without them a training image is, bit for bit, what evaluation and prediction see.
 */
import * as torch from '../tensor';
import { resolveOptions } from '../options';
import type { Tensor } from '../tensor';
import { resize } from './resize';

/** A source of random numbers in [0, 1); each image of a batch brings its own. */
export interface Random {
  uniform(): number;
}

export interface AugmentOptions {
  /** Chance that an image is mirrored, 0 to 1. @default 0 */
  readonly flip?: number;
  /** Smallest share of the area that a random crop keeps, 0 to 1; 1 does not crop. @default 1 */
  readonly cropArea?: number;
  /** Widest ratio of a crop's width to its height, relative to the image's; its inverse is the narrowest. @default 4 / 3 */
  readonly cropRatio?: number;
  /** Largest relative change of brightness, contrast and saturation, 0 to 1. @default 0 */
  readonly colour?: number;
}

const augmentDefaults = {
  flip: 0,
  cropArea: 1,
  cropRatio: 4 / 3,
  colour: 0,
} as const satisfies Required<AugmentOptions>;

/** Whether these options change anything at all. */
export function changesNothing(options: AugmentOptions): boolean {
  const { flip, cropArea, colour } = { ...augmentDefaults, ...options };
  return flip === 0 && cropArea === 1 && colour === 0;
}

/**
 * Crops, mirrors and tints each image by its own random numbers. Every image draws the same count of
 * numbers whatever happens to it, so one option does not change what another does.
 * @param images (B, 3, H, W) uint8; not changed
 * @param randoms one source for each image
 * @returns (B, 3, H, W) uint8
 */
export function augment(images: Tensor, randoms: readonly Random[], options: AugmentOptions = {}): Tensor {
  const { flip, cropArea, cropRatio, colour } = resolveOptions<Required<AugmentOptions>>(
    'augment',
    augmentDefaults,
    options,
  );
  const plans = randoms.map((random) =>
    plan(random, images.shape as [number, number, number, number], { cropArea, cropRatio }),
  );
  return torch.scoped(() => {
    const cropped =
      cropArea < 1
        ? randomResizedCrop(
            images,
            plans.map(({ crop }) => crop),
          )
        : images;
    const mirrored = mirror(
      cropped,
      plans.map(({ mirror }) => mirror < flip),
    );
    return colour > 0
      ? jitter(
          mirrored,
          plans.map(({ tints }) => tints.map((tint) => 1 + colour * tint)),
        )
      : mirrored;
  });
}

interface Crop {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

interface Plan {
  readonly crop: Crop;
  /** In [0, 1): mirrored when it is below the chance. */
  readonly mirror: number;
  /** Brightness, contrast and saturation, each in [-1, 1). */
  readonly tints: readonly number[];
}

function plan(
  random: Random,
  [, , height, width]: [number, number, number, number],
  options: { cropArea: number; cropRatio: number },
): Plan {
  const mirror = random.uniform();
  const tints = [0, 1, 2].map(() => 2 * random.uniform() - 1);
  return { crop: randomCrop(random, height, width, options), mirror, tints };
}

/** As torchvision's RandomResizedCrop, with area uniform and ratio log-uniform, but cut down to the image instead of drawn anew. */
function randomCrop(
  random: Random,
  height: number,
  width: number,
  { cropArea, cropRatio }: { cropArea: number; cropRatio: number },
): Crop {
  const area = cropArea + (1 - cropArea) * random.uniform();
  const ratio = cropRatio ** (2 * random.uniform() - 1);
  const cropWidth = Math.max(1, Math.min(width, Math.round(width * Math.sqrt(area * ratio))));
  const cropHeight = Math.max(1, Math.min(height, Math.round(height * Math.sqrt(area / ratio))));
  const top = Math.floor(random.uniform() * (height - cropHeight + 1));
  const left = Math.floor(random.uniform() * (width - cropWidth + 1));
  return { top, left, height: cropHeight, width: cropWidth };
}

/** Cuts a part out of each image and resizes it to the size of the whole. (B, 3, H, W) uint8, twice. */
function randomResizedCrop(images: Tensor, crops: readonly Crop[]): Tensor {
  const [, , height, width] = images.shape as [number, number, number, number];
  const parts = crops.map((crop, index) => {
    const part = images.narrow(0, index, 1).narrow(2, crop.top, crop.height).narrow(3, crop.left, crop.width); // (1, 3, h, w)
    return resize(part, height, width, 2);
  });
  return torch.cat(parts, 0);
}

/** Mirrors the marked images, left to right. (B, 3, H, W) uint8, twice. */
function mirror(images: Tensor, marks: readonly boolean[]): Tensor {
  if (!marks.includes(true)) return images;
  const chosen = torch.tensor([...marks]).view([marks.length, 1, 1, 1]); // (B) -> (B, 1, 1, 1)
  return torch.where(chosen, images.flip([3]), images);
}

/** Shares of red, green and blue in the grey of a colour (ITU-R BT.601), as Pillow and torchvision take them. */
const GREY = [0.299, 0.587, 0.114];

/**
 * Brightness, contrast and saturation, in this order, each as torchvision's `adjust_*`: a blend with black,
 * with the image's mean grey, with each pixel's grey. Rounded to bytes once, at the end.
 * @param images (B, 3, H, W) uint8
 * @param factors for each image the three factors; 1 changes nothing
 * @returns (B, 3, H, W) uint8
 */
function jitter(images: Tensor, factors: readonly (readonly number[])[]): Tensor {
  const factor = (kind: number) => torch.tensor(factors.map((three) => three[kind]!)).view([factors.length, 1, 1, 1]); // (B) -> (B, 1, 1, 1)
  const shares = torch.tensor(GREY).view([1, 3, 1, 1]); // (3) -> (1, 3, 1, 1)
  const greyOf = (colours: Tensor) => colours.mul(shares).sum([1], { keepdim: true }); // (B, 3, H, W) -> (B, 1, H, W)
  const blend = (colours: Tensor, other: Tensor, weight: Tensor) =>
    other.add(colours.sub(other).mul(weight)).clamp_(0, 255);

  const bright = images.to('float32').mul_(factor(0)).clamp_(0, 255);
  const contrasted = blend(bright, greyOf(bright).mean([1, 2, 3], { keepdim: true }), factor(1));
  return blend(contrasted, greyOf(contrasted), factor(2)).round_().to('uint8');
}
