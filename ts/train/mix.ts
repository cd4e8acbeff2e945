/**
 * Mixed training examples for classifiers, on whole batches: mixup (Zhang et al. 2017, arXiv 1710.09412) and CutMix (Yun et al.
 * 2019, arXiv 1905.04899). As in torchvision, each image is mixed with the one before it in the batch, by one share for all.
 *
 * Shapes: B images, C channels, H x W pixels, K classes.
 */
import { InputError } from '../errors';
import * as nn from '../nn';
import { expected, resolveOptions } from '../options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';

/** Images with their classes. */
export interface LabelledImages {
  /** (B, C, H, W) */
  readonly images: Tensor;
  /** Numbers of classes, (B) int64; or the share of each class, (B, K). */
  readonly labels: Tensor;
}

/** What `mixup` and `cutmix` take. */
export interface MixOptions {
  /** K, the number of classes. */
  readonly classes: number;
  /** The share of an image's own pixels is drawn from Beta(alpha, alpha). @default 1 */
  readonly alpha?: number;
}

/** A batch with every image mixed; its labels are shares, (B, K) float32, as `crossEntropy` takes them. */
export type Mix = (batch: LabelledImages) => LabelledImages;

/**
 * `share * image + (1 - share) * other`, of pixels and of labels.
 *
 * It draws from the global source of random numbers: called in the loss of `fit`, it draws the same in a resumed run.
 */
export function mixup(options: MixOptions): Mix {
  const { classes, alpha } = mixOptions('mixup', options);
  return (batch) => mixPixels(batch, drawShare(alpha), classes);
}

/** A rectangle of the other image, whose area is the other's share of the labels. It draws as `mixup` does. */
export function cutmix(options: MixOptions): Mix {
  const { classes, alpha } = mixOptions('cutmix', options);
  return (batch) => {
    const [, , height, width] = batch.images.shape as [number, number, number, number];
    const share = drawShare(alpha);
    const [x, y] = [width, height].map((size) => Number(torch.randint(0, size, [1]).item())) as [number, number];
    return pasteBox(batch, boxAround({ x, y }, share, { height, width }), classes);
  };
}

/** @param share of each image itself */
export function mixPixels({ images, labels }: LabelledImages, share: number, classes: number): LabelledImages {
  return { images: blend(images, share), labels: blend(shares(labels, classes), share) };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box around a centre that leaves `share` of the area, cut at the borders of the image. */
export function boxAround(
  { x, y }: { readonly x: number; readonly y: number },
  share: number,
  { height, width }: { readonly height: number; readonly width: number },
): Box {
  const half = 0.5 * Math.sqrt(1 - share);
  const [halfWidth, halfHeight] = [Math.trunc(half * width), Math.trunc(half * height)];
  return {
    left: Math.max(x - halfWidth, 0),
    top: Math.max(y - halfHeight, 0),
    right: Math.min(x + halfWidth, width),
    bottom: Math.min(y + halfHeight, height),
  };
}

/** The other image within the box; the labels by the areas. */
export function pasteBox({ images, labels }: LabelledImages, box: Box, classes: number): LabelledImages {
  const [, , height, width] = images.shape as [number, number, number, number];
  const { left, top, right, bottom } = box;
  const mixed = images.clone();
  const within = (tensor: Tensor): Tensor => tensor.narrow(2, top, bottom - top).narrow(3, left, right - left);
  within(mixed).copy_(within(images.roll([1], [0])));
  const share = 1 - ((right - left) * (bottom - top)) / (width * height);
  return { images: mixed, labels: blend(shares(labels, classes), share) };
}

function blend(tensor: Tensor, share: number): Tensor {
  return tensor
    .roll([1], [0])
    .mul(1 - share)
    .add(tensor.mul(share));
}

/** (B) or (B, K) -> (B, K) float32 */
function shares(labels: Tensor, classes: number): Tensor {
  if (labels.ndim === 2) return labels.to('float32');
  return nn.functional.oneHot(labels, classes).to('float32');
}

function drawShare(alpha: number): number {
  return torch.scoped(() => {
    // A pair from Dirichlet(alpha, alpha) is a draw from Beta(alpha, alpha) and what is left of 1.
    const draw = torch.ops.aten._sample_dirichlet.default(torch.full([1, 2], alpha)) as Tensor;
    return Number(draw.select(1, 0).item());
  });
}

function mixOptions(owner: string, options: MixOptions): Required<MixOptions> {
  const resolved = resolveOptions<Required<MixOptions>>(owner, { classes: 0, alpha: 1 }, options);
  if (!Number.isInteger(resolved.classes) || resolved.classes < 1)
    throw expected(owner, 'a whole number from 1 on for classes', resolved.classes, '', InputError);
  if (!(resolved.alpha > 0)) throw expected(owner, 'a number above 0 for alpha', resolved.alpha, '', InputError);
  return resolved;
}
