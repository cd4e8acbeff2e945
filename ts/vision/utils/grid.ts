import { DTypeError, InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { resolveOptions } from '../../options';
import { expected } from '../../options';
import { sharp } from '../image';

/** Options of {@link makeGrid}, with torchvision's names and defaults. */
export interface GridOptions {
  /** Images in a row. @default 8 */
  readonly nrow?: number;
  /** Pixels between images, and around all. @default 2 */
  readonly padding?: number;
  /** Shift and scale the values to 0 to 1. @default false */
  readonly normalize?: boolean;
  /** The values that become 0 and 1. @default the least and the greatest */
  readonly valueRange?: readonly [min: number, max: number] | null;
  /** Normalize each image by itself. @default false */
  readonly scaleEach?: boolean;
  /** What stands between images. @default 0 */
  readonly padValue?: number;
}

const defaults: Required<GridOptions> = {
  nrow: 8,
  padding: 2,
  normalize: false,
  valueRange: null,
  scaleEach: false,
  padValue: 0,
};

/**
 * One image of many, as torchvision.utils.make_grid puts them together.
 * @param images (B, C, H, W), (C, H, W), (H, W), or a list of images of one size; grey ones get three channels
 * @returns (C, H', W'); a single image as it is
 */
export function makeGrid(images: Tensor | readonly Tensor[], options: GridOptions = {}): Tensor {
  const { nrow, padding, normalize, valueRange, scaleEach, padValue } = resolveOptions('makeGrid', defaults, options);
  if (!Number.isInteger(nrow) || nrow < 1)
    throw new InputError(`makeGrid: expected nrow to be a number from 1, found ${String(nrow)}`);
  if (!Number.isInteger(padding) || padding < 0)
    throw new InputError(`makeGrid: expected padding to be a number from 0, found ${String(padding)}`);
  return torch.noGrad(() =>
    torch.scoped(() => {
      let batch = batched(images);
      if (normalize) batch = normalized(batch.clone(), valueRange, scaleEach);
      const [count, channels, height, width] = batch.shape as [number, number, number, number];
      if (count === 1) return batch.squeeze(0);
      const columns = Math.min(nrow, count);
      const rows = Math.ceil(count / columns);
      const [down, right] = [height + padding, width + padding];
      const grid = torch.full([channels, down * rows + padding, right * columns + padding], padValue, {
        dtype: batch.dtype,
        device: batch.device,
      });
      for (let i = 0; i < count; i++) {
        const [row, column] = [Math.floor(i / columns), i % columns];
        grid
          .narrow(1, row * down + padding, height)
          .narrow(2, column * right + padding, width)
          .copy_(batch.select(0, i));
      }
      return grid;
    }),
  );
}

function batched(images: Tensor | readonly Tensor[]): Tensor {
  if (
    !(images instanceof torch.Tensor) &&
    !(Array.isArray(images) && images.length > 0 && images.every((image) => image instanceof torch.Tensor))
  ) {
    throw new DTypeError(`makeGrid: expected a tensor or a list of tensors, found ${typeof images}`);
  }
  let batch = images instanceof torch.Tensor ? images : torch.stack([...images]);
  if (batch.ndim === 2) batch = batch.unsqueeze(0);
  if (batch.ndim === 3) batch = batch.unsqueeze(0);
  if (batch.ndim !== 4)
    throw new ShapeError(`makeGrid: expected images (B, C, H, W), found [${batch.shape.join(', ')}]`);
  return batch.shape[1] === 1 ? torch.cat([batch, batch, batch], 1) : batch;
}

function normalized(batch: Tensor, range: readonly [number, number] | null, each: boolean): Tensor {
  for (const part of each ? batch.unbind(0) : [batch]) {
    const [low, high] = range ?? ([Number(part.min().item()), Number(part.max().item())] as const);
    part
      .clamp_(low, high)
      .sub_(low)
      .div_(Math.max(high - low, 1e-5));
  }
  return batch;
}

/** Options of {@link saveImage}. */
export interface SaveImageOptions extends GridOptions {
  /** The format of the file. @default by the ending of the path */
  readonly format?: 'png' | 'jpeg' | 'webp' | 'tiff' | 'gif' | 'avif';
}

/**
 * Writes an image, or many as a grid, into a file, as torchvision.utils.save_image does.
 * @param images values from 0 to 1, in the shapes of {@link makeGrid}
 * @throws InputError for a path whose ending names no format
 */
export async function saveImage(
  images: Tensor | readonly Tensor[],
  path: string,
  options: SaveImageOptions = {},
): Promise<void> {
  if (typeof path !== 'string') throw expected('saveImage', 'a path', path, '', InputError);
  if (typeof options !== 'object' || options === null)
    throw expected('saveImage', 'its options as an object', options, '', InputError);
  const { format, ...gridOptions } = options;
  const ending = format ?? /\.(png|jpe?g|webp|tiff?|gif|avif)$/i.exec(path)?.[1]?.toLowerCase().replace('jpg', 'jpeg');
  if (ending === undefined)
    throw new InputError(
      `saveImage: expected a path that ends in .png, .jpg, .webp, .tif, .gif or .avif, found ${path}; or give the format`,
    );
  const bytes = torch.noGrad(() =>
    torch.scoped(() => {
      const grid = makeGrid(images, gridOptions);
      const pixels = grid.mul(255).add(0.5).clamp(0, 255).permute(1, 2, 0).to('cpu').to('uint8').contiguous();
      const [height, width, channels] = pixels.shape as [number, number, number];
      return { data: pixels.data() as Uint8Array, raw: { height, width, channels: channels as 3 } };
    }),
  );
  await sharp(bytes.data, { raw: bytes.raw })
    .toFormat(ending as 'png')
    .toFile(path);
}
