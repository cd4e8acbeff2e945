/**
 * What tells the transformer where in the image a feature lies (Carion et al. 2020, appendix A.4); first the rows, then
 * the columns. Shapes: B images, h x w the map, D width of the transformer.
 */
import { ShapeError } from '../../errors';
import { Embedding, init, Module, type Parameter } from '../../nn';
import * as torch from '../../tensor';
import type { Device, DType, Tensor } from '../../tensor';
import type { SelfInitializing } from '../initialize';
import type { ModelFactory } from '../pretrained';

const TEMPERATURE = 10_000;
const SCALE = 2 * Math.PI;
const EPS = 1e-6;

/** The map that positions are made for. */
export interface PositionInput {
  readonly height: number;
  readonly width: number;
  /** (B, h, w), true where the image is; absent when it is everywhere. */
  readonly mask: Tensor | undefined;
  readonly dtype: DType;
  readonly device: Device;
}

/** Sines and cosines of row and column, counted within the image and not its padding: (B, h w, D), or (1, h w, D) without a mask. */
export class SinePositions extends Module {
  /** Positions of the last map without a mask, kept because the next map mostly has the same size. */
  readonly #last: { key: string; positions: Tensor | undefined } = { key: '', positions: undefined };

  constructor(readonly width: number) {
    super();
  }

  forward({ height, width, mask, dtype, device }: PositionInput): Tensor {
    if (mask) return this.#encode(mask.to(wide(dtype)).cumsum(1), mask.to(wide(dtype)).cumsum(2)).to(dtype);
    const key = [height, width, dtype, device].join();
    if (this.#last.key !== key) {
      const line = (length: number): Tensor => torch.arange(1, length + 1, { dtype: wide(dtype), device });
      const rows = line(height).view([1, height, 1]).expand([1, height, width]); // (h) -> (1, h, w)
      const columns = line(width).view([1, 1, width]).expand([1, height, width]); // (w) -> (1, h, w)
      this.#last.positions?.dispose();
      this.#last.positions = torch.keep(torch.noGrad(() => this.#encode(rows, columns).to({ dtype, copy: true })));
      this.#last.key = key;
    }
    // A view, so that whoever frees it leaves the positions alone.
    return this.#last.positions!.view([1, height * width, this.width]); // (1, h w, D)
  }

  /** Counts (B, h, w) -> (B, h w, D) */
  #encode(rows: Tensor, columns: Tensor): Tensor {
    const y = rows.div(rows.narrow(1, -1, 1).add(EPS)).mul(SCALE);
    const x = columns.div(columns.narrow(2, -1, 1).add(EPS)).mul(SCALE);
    const half = this.width / 2;
    const step = torch
      .arange(half, { dtype: 'int64', device: rows.device })
      .to(rows.dtype)
      .div(2, { roundingMode: 'floor' })
      .mul(2)
      .div(half);
    const wavelengths = torch.ops.aten.pow.Scalar(TEMPERATURE, step) as Tensor; // (D / 2)
    return torch.cat([waves(y, wavelengths), waves(x, wavelengths)], 3).flatten(1, 2); // (B, h, w, D) -> (B, h w, D)
  }
}

/** Sine and cosine by turns: (B, h, w) -> (B, h, w, D / 2) */
function waves(coordinates: Tensor, wavelengths: Tensor): Tensor {
  const angles = coordinates.unsqueeze(3).div(wavelengths).unflatten(3, [-1, 2]); // (B, h, w) -> (B, h, w, D / 4, 2)
  return torch.stack([angles.select(4, 0).sin(), angles.select(4, 1).cos()], 4).flatten(3); // (B, h, w, D / 4, 2) -> (B, h, w, D / 2)
}

/** A type that can count the rows of a map, which half precision cannot. */
function wide(dtype: DType): DType {
  return dtype === 'float64' ? dtype : 'float32';
}

/** Rows and columns that a map may have at most with learned positions. */
const LONGEST_SIDE = 50;

/** A learned vector for each column and each row: (1, h w, D). */
export class LearnedPositions extends Module implements SelfInitializing {
  readonly row_embeddings: Embedding;
  readonly column_embeddings: Embedding;

  constructor(width: number, factory?: ModelFactory) {
    super();
    this.row_embeddings = new Embedding(LONGEST_SIDE, width / 2, factory);
    this.column_embeddings = new Embedding(LONGEST_SIDE, width / 2, factory);
  }

  /** @throws ShapeError for a map of more rows or columns than there are vectors */
  forward({ height, width, device }: PositionInput): Tensor {
    if (Math.max(height, width) > LONGEST_SIDE) {
      throw new ShapeError(
        `pixelValues: learned positions reach to ${LONGEST_SIDE} rows and columns of the map, found ${height}x${width}; take smaller images.`,
      );
    }
    const vectors = (table: Embedding, length: number): Tensor =>
      table.forward(torch.arange(length, { dtype: 'int64', device }));
    const columns = vectors(this.column_embeddings, width).unsqueeze(0).expand([height, -1, -1]); // (w, D / 2) -> (h, w, D / 2)
    const rows = vectors(this.row_embeddings, height).unsqueeze(1).expand([-1, width, -1]); // (h, D / 2) -> (h, w, D / 2)
    return torch.cat([columns, rows], -1).view([1, height * width, -1]); // (h, w, D) -> (1, h w, D)
  }

  /** transformers fills the tables as any table first, and then with uniform numbers. */
  initializeWeights(_range: number, needsInit: (parameter: Parameter) => boolean): void {
    for (const { weight } of [this.row_embeddings, this.column_embeddings]) {
      if (needsInit(weight)) init.uniform_(weight);
    }
  }
}
