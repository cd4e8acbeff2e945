/** Sequences of different lengths in one batch, as the recurrent layers take them. */
import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import { Tensor } from '../../tensor';
import { expected, itemsOf } from '../../options';
import { requireTensor, requireTensors, resolveOptions, tensorsOf } from '../options';

/** Sequences without padding: all first steps one after the other, then all second steps, …; longest sequence first. */
export interface PackedSequence {
  /** (steps of all sequences, *) */
  readonly data: Tensor;
  /** int64 (longest length), on the CPU: how many sequences still run at each step */
  readonly batchSizes: Tensor;
  /** int64 (B): the sequences in the order of the pack, null for that of the batch */
  readonly sortedIndices: Tensor | null;
  /** int64 (B): the way back */
  readonly unsortedIndices: Tensor | null;
}

/** Whether an input of a recurrent layer is packed. */
export function isPackedSequence(input: Tensor | PackedSequence): input is PackedSequence {
  return !(input instanceof Tensor);
}

export interface PackOptions {
  /** The input is (B, T, *); without, (T, B, *). @default false */
  readonly batchFirst?: boolean;
  /** The sequences come longest first; false sorts them. @default true */
  readonly enforceSorted?: boolean;
}

/** Packs padded sequences (T, B, *) of the given lengths (B), of which none may be zero. */
export function packPaddedSequence(
  input: Tensor,
  lengths: Tensor | readonly number[],
  options: PackOptions = {},
): PackedSequence {
  const { batchFirst, enforceSorted } = resolveOptions<Required<PackOptions>>(
    'packPaddedSequence',
    { batchFirst: false, enforceSorted: true },
    options,
  );
  return torch.scoped(() => {
    const given =
      lengths instanceof Tensor
        ? lengths.to({ dtype: 'int64', device: 'cpu' })
        : torch.tensor([...itemsOf('packPaddedSequence', 'a tensor or a list of numbers for lengths', lengths)], {
            dtype: 'int64',
          });
    requireLengths(input, given, batchFirst, enforceSorted);
    if (enforceSorted) return pack(input, given, batchFirst, null);
    const [sorted, order] = given.sort(0, true);
    const sortedIndices = order.to(input.device);
    return pack(input.indexSelect(batchFirst ? 0 : 1, sortedIndices), sorted, batchFirst, sortedIndices);
  });
}

function pack(input: Tensor, lengths: Tensor, batchFirst: boolean, sortedIndices: Tensor | null): PackedSequence {
  const [data, batchSizes] = torch.ops.aten._pack_padded_sequence.default(input, lengths, batchFirst) as [
    Tensor,
    Tensor,
  ];
  return { data, batchSizes, sortedIndices, unsortedIndices: sortedIndices && invertPermutation(sortedIndices) };
}

function requireLengths(input: Tensor, lengths: Tensor, batchFirst: boolean, sorted: boolean): void {
  requireTensor('packPaddedSequence', 'input', input);
  const [steps, batch] = batchFirst ? [input.shape[1], input.shape[0]] : [input.shape[0], input.shape[1]];
  if (input.ndim < 2 || lengths.ndim !== 1 || lengths.shape[0] !== batch) {
    throw new ShapeError(
      `packPaddedSequence: expected one length for each of the ${batch} sequences of [${input.shape.join(', ')}], got [${lengths.shape.join(', ')}].`,
    );
  }
  const values = Array.from(lengths.data(), Number);
  const odd = values.find((length) => !(length >= 1 && length <= (steps as number)));
  if (odd !== undefined)
    throw new InputError(`packPaddedSequence: lengths must lie between 1 and ${steps}, got ${odd}.`);
  if (sorted && values.some((length, i) => i > 0 && length > values[i - 1]!))
    throw new InputError('packPaddedSequence: the lengths must not grow; sort them, or pass enforceSorted: false.');
}

/** The permutation that undoes `permutation` (n). */
export function invertPermutation(permutation: Tensor): Tensor {
  return torch
    .emptyLike(permutation)
    .scatter_(0, permutation, torch.arange(permutation.numel(), { device: permutation.device }));
}

export interface PadPackedOptions {
  /** The output is (B, T, *); without, (T, B, *). @default false */
  readonly batchFirst?: boolean;
  /** What fills the sequences up. @default 0 */
  readonly paddingValue?: number;
  /** T, at least the longest length; null for the longest length. @default null */
  readonly totalLength?: number | null;
}

function requirePacked(owner: string, sequence: unknown): asserts sequence is PackedSequence {
  const wanted = 'a packed sequence { data, batchSizes, sortedIndices, unsortedIndices }';
  if (typeof sequence !== 'object' || sequence === null || !('batchSizes' in sequence))
    throw expected(owner, wanted, sequence);
  requireTensors(owner, { data: Reflect.get(sequence, 'data'), batchSizes: sequence.batchSizes });
}

/** Undoes `packPaddedSequence`: the padded sequences (T, B, *) and their lengths, int64 (B). */
export function padPackedSequence(
  sequence: PackedSequence,
  options: PadPackedOptions = {},
): [output: Tensor, lengths: Tensor] {
  const { batchFirst, paddingValue, totalLength } = resolveOptions<Required<PadPackedOptions>>(
    'padPackedSequence',
    { batchFirst: false, paddingValue: 0, totalLength: null },
    options,
  );
  requirePacked('padPackedSequence', sequence);
  const longest = sequence.batchSizes.numel();
  if (totalLength !== null && totalLength < longest)
    throw new InputError(
      `padPackedSequence: totalLength must be at least ${longest}, the longest length, got ${totalLength}.`,
    );
  return torch.scoped(() => {
    const { data, batchSizes, unsortedIndices } = sequence;
    const unpack = torch.ops.aten._pad_packed_sequence.default;
    const [output, lengths] = unpack(data, batchSizes, batchFirst, paddingValue, totalLength ?? longest) as [
      Tensor,
      Tensor,
    ];
    if (unsortedIndices === null) return [output, lengths];
    return [output.indexSelect(batchFirst ? 0 : 1, unsortedIndices), lengths.indexSelect(0, unsortedIndices.to('cpu'))];
  });
}

export interface PadSequenceOptions {
  /** The output is (B, T, *); without, (T, B, *). @default false */
  readonly batchFirst?: boolean;
  /** What fills the sequences up. @default 0 */
  readonly paddingValue?: number;
  /** The side that is filled up. @default 'right' */
  readonly paddingSide?: 'right' | 'left';
}

/** Stacks sequences (Tᵢ, *) of different lengths: (T, B, *), T the longest. */
export function padSequence(sequences: readonly Tensor[], options: PadSequenceOptions = {}): Tensor {
  const { batchFirst, paddingValue, paddingSide } = resolveOptions<Required<PadSequenceOptions>>(
    'padSequence',
    { batchFirst: false, paddingValue: 0, paddingSide: 'right' },
    options,
  );
  return torch.padSequence(sequences, { batchFirst, paddingValue, paddingSide });
}

/** The sequences (Tᵢ, *) of a padded batch. */
export function unpadSequence(
  padded: Tensor,
  lengths: Tensor | readonly number[],
  options: Pick<PackOptions, 'batchFirst'> = {},
): Tensor[] {
  const { batchFirst } = resolveOptions<Required<Pick<PackOptions, 'batchFirst'>>>(
    'unpadSequence',
    { batchFirst: false },
    options,
  );
  requireTensor('unpadSequence', 'padded', padded);
  const counts =
    lengths instanceof Tensor
      ? Array.from(lengths.data(), Number)
      : itemsOf('unpadSequence', 'a tensor or a list of numbers for lengths', lengths);
  return counts.map((length, i) => padded.select(batchFirst ? 0 : 1, i).narrow(0, 0, length)); // (T, B, *) -> (Tᵢ, *)
}

/** Packs sequences (Tᵢ, *) of different lengths. */
export function packSequence(
  sequences: readonly Tensor[],
  options: Pick<PackOptions, 'enforceSorted'> = {},
): PackedSequence {
  const { enforceSorted } = resolveOptions<Required<Pick<PackOptions, 'enforceSorted'>>>(
    'packSequence',
    { enforceSorted: true },
    options,
  );
  const items = tensorsOf('packSequence', 'sequences', sequences);
  const lengths = items.map(({ shape }) => shape[0] as number);
  return torch.scoped(() => packPaddedSequence(padSequence(items), lengths, { enforceSorted }));
}

/** Undoes `packSequence`. */
export function unpackSequence(packed: PackedSequence): Tensor[] {
  requirePacked('unpackSequence', packed);
  const [padded, lengths] = padPackedSequence(packed, { batchFirst: true });
  return unpadSequence(padded, lengths, { batchFirst: true });
}
