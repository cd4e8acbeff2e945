import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { isFloatingPoint } from '../../tensor/types/dtype';
import { expected, requireTensors } from '../options';

/** The weights of an attention layer. */
export interface AttentionWeights {
  readonly numHeads: number;
  /** (3 D, D): query, key and value projections, one below the other; or null with the three apart. */
  readonly inProjWeight: Tensor | null;
  /** (D, D), (D, kdim), (D, vdim) */
  readonly separateProjWeights: readonly [query: Tensor, key: Tensor, value: Tensor] | null;
  /** (3 D) */
  readonly inProjBias: Tensor | null;
  /** (D, D) */
  readonly outProjWeight: Tensor;
  /** (D) */
  readonly outProjBias: Tensor | null;
  /** (1, 1, D): one more key, after the projection. */
  readonly biasK?: Tensor | null;
  /** (1, 1, D): one more value, after the projection. */
  readonly biasV?: Tensor | null;
  /** One more key and value of zeros, so that a query may look at nothing. @default false */
  readonly addZeroAttn?: boolean;
}

export interface AttentionOptions {
  /** (B, S): true keeps queries from that key; floating point is added to its scores. @default null */
  readonly keyPaddingMask?: Tensor | null;
  /** (L, S) or (B·nh, L, S): true keeps a query from that key; floating point is added to the scores. @default null */
  readonly attnMask?: Tensor | null;
  /** Return the attention weights as second result; without, a fused kernel that never forms them does the work. @default true */
  readonly needWeights?: boolean;
  /** Average the returned weights over the heads. @default true */
  readonly averageAttnWeights?: boolean;
  /** `attnMask` is the causal mask, so the fused kernel may take its own. @default false */
  readonly isCausal?: boolean;
}

interface Call extends Required<AttentionOptions> {
  readonly dropoutP: number;
}

type Triple = [Tensor, Tensor, Tensor];

/**
 * Multi-head attention over sequences, sequence first (Vaswani et al. 2017, arXiv 1706.03762).
 * query (L, B, D), key (S, B, kdim), value (S, B, vdim) -> [(L, B, D), weights (B, L, S) or (B, nh, L, S), or null]
 */
export function multiHeadAttentionForward(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  weights: AttentionWeights,
  call: Call,
): [output: Tensor, weights: Tensor | null] {
  requireTensors('multiHeadAttentionForward', { query, key, value });
  for (const [name, object] of Object.entries({ weights, call }))
    if (typeof object !== 'object' || object === null)
      throw expected('multiHeadAttentionForward', `an object for ${name}`, object);
  if (call.isCausal && call.attnMask === null)
    throw new InputError('MultiheadAttention: isCausal says that attnMask is the causal mask: pass it too.');
  const [L, B, D] = query.shape as [number, number, number];
  const S = key.shape[0] as number;
  const { numHeads: nh } = weights;
  const projected = withBias(project(query, key, value, weights), weights);
  const heads = projected.map((x) => x.reshape([-1, B * nh, D / nh]).transpose(0, 1)) as Triple; // (X, B, D) -> (B·nh, X, hd)
  const [q, k, v] = weights.addZeroAttn ? withZeros(heads) : heads;
  const keys = k.shape[1] as number;

  // The kernel's own causal mask serves only where no other mask has to join it.
  const kernelMask = call.isCausal && call.keyPaddingMask === null && !call.needWeights;
  const given = kernelMask ? null : mergeMasks(call, query, { B, nh, L, S });
  const mask = given === null || keys === S ? given : torch.pad(given, [0, keys - S]); // the added keys are never masked

  const [mixed, attention] = call.needWeights
    ? attend(q, k, v, mask, call.dropoutP)
    : [attendFused([q, k, v], mask, call.dropoutP, kernelMask, { B, nh, L, S: keys }), null];
  const rows = mixed.reshape([L * B, D]); // (L, B, nh, hd) -> (L·B, D)
  const output = torch.linear(rows, weights.outProjWeight, weights.outProjBias).view([L, B, D]);
  if (attention === null) return [output, null];
  const perHead = attention.view([B, nh, L, keys]); // (B·nh, L, S) -> (B, nh, L, S)
  return [output, call.averageAttnWeights ? perHead.mean([1]) : perHead];
}

interface Sizes {
  readonly B: number;
  readonly nh: number;
  readonly L: number;
  readonly S: number;
}

/** Queries, keys and values, with as few matrix products as the inputs allow. */
function project(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { inProjWeight, separateProjWeights, inProjBias }: AttentionWeights,
): Triple {
  const D = query.shape.at(-1) as number;
  if (inProjWeight !== null && query === key && key === value)
    return unpack(torch.linear(query, inProjWeight, inProjBias), 3, D) as Triple;
  if (inProjWeight !== null && key === value) {
    const [wq, wkv] = inProjWeight.splitWithSizes([D, 2 * D]) as [Tensor, Tensor];
    const [bq, bkv] = inProjBias === null ? [null, null] : (inProjBias.splitWithSizes([D, 2 * D]) as [Tensor, Tensor]);
    const [k, v] = unpack(torch.linear(key, wkv, bkv), 2, D) as [Tensor, Tensor];
    return [torch.linear(query, wq, bq), k, v];
  }
  const inputs = [query, key, value];
  const biases = inProjBias?.chunk(3) ?? [null, null, null];
  const projections = separateProjWeights ?? inProjWeight!.chunk(3);
  return projections.map((weight, i) => torch.linear(inputs[i]!, weight, biases[i])) as Triple;
}

/** One more key and value for all samples alike: (S, B, D) -> (S + 1, B, D). */
function withBias([q, k, v]: Triple, { biasK = null, biasV = null }: AttentionWeights): Triple {
  if (biasK === null || biasV === null) return [q, k, v];
  const B = k.shape[1] as number;
  return [q, torch.cat([k, biasK.expand([1, B, -1])]), torch.cat([v, biasV.expand([1, B, -1])])];
}

/** One more key and value of zeros: (B·nh, S, hd) -> (B·nh, S + 1, hd). */
function withZeros([q, k, v]: Triple): Triple {
  return [q, torch.pad(k, [0, 0, 0, 1]), torch.pad(v, [0, 0, 0, 1])];
}

/** (X, B, n·D) -> n times (X, B, D), each contiguous */
function unpack(packed: Tensor, n: number, D: number): Tensor[] {
  const stacked = packed.unflatten(-1, [n, D]).unsqueeze(0).transpose(0, -2).squeeze(-2); // (X, B, n·D) -> (n, X, B, D)
  return stacked.contiguous().unbind(0);
}

/** Attention by plain products: [(L, B·nh, hd), (B·nh, L, S)]. */
function attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | null, dropoutP: number): [Tensor, Tensor] {
  const scaled = q.mul(Math.sqrt(1 / (q.shape.at(-1) as number)));
  const keys = k.transpose(-2, -1); // (B·nh, S, hd) -> (B·nh, hd, S)
  const scores = mask === null ? torch.bmm(scaled, keys) : torch.baddbmm(mask, scaled, keys);
  let attention = torch.softmax(scores, -1);
  if (dropoutP > 0) attention = torch.dropout(attention, dropoutP, true);
  return [torch.bmm(attention, v).transpose(0, 1), attention]; // (B·nh, L, hd) -> (L, B·nh, hd)
}

/** Attention by libtorch's fused kernel: (L, B, nh, hd). */
function attendFused(
  heads: Triple,
  mask: Tensor | null,
  dropoutP: number,
  isCausal: boolean,
  { B, nh, S }: Sizes,
): Tensor {
  const hd = heads[0].shape.at(-1) as number;
  const [q, k, v] = heads.map((x) => x.view([B, nh, -1, hd])) as Triple; // (B·nh, X, hd) -> (B, nh, X, hd)
  const attnMask = mask === null ? null : mask.shape[0] === 1 ? mask.unsqueeze(0) : mask.view([B, nh, -1, S]);
  const mixed = torch.scaledDotProductAttention(q, k, v, { attnMask, dropoutP, isCausal });
  return mixed.permute([2, 0, 1, 3]); // (B, nh, L, hd) -> (L, B, nh, hd)
}

/** Both masks as numbers to add to the scores: (1, L, S), (B·nh, 1, S) or (B·nh, L, S); null for none. */
function mergeMasks({ attnMask, keyPaddingMask }: Call, { dtype }: Tensor, { B, nh, L, S }: Sizes): Tensor | null {
  const scores = attnMask === null ? null : batchMask(additive('attnMask', attnMask, dtype), { B, nh, L, S });
  if (keyPaddingMask === null) return scores;
  if (keyPaddingMask.shape.join() !== [B, S].join()) {
    throw new ShapeError(
      `MultiheadAttention: keyPaddingMask must be [${B}, ${S}] (batch, keys), got [${keyPaddingMask.shape.join(', ')}].`,
    );
  }
  const padding = additive('keyPaddingMask', keyPaddingMask, dtype).view([B, 1, 1, S]);
  const perHead = padding.expand([-1, nh, -1, -1]).reshape([B * nh, 1, S]); // (B, S) -> (B·nh, 1, S)
  return scores === null ? perHead : scores.add(perHead);
}

function batchMask(mask: Tensor, { B, nh, L, S }: Sizes): Tensor {
  const shape = mask.shape.join();
  if (shape === [L, S].join()) return mask.unsqueeze(0); // (L, S) -> (1, L, S)
  if (shape === [B * nh, L, S].join()) return mask;
  throw new ShapeError(
    `MultiheadAttention: attnMask must be [${L}, ${S}] or [${B * nh}, ${L}, ${S}] (batch times heads), got [${mask.shape.join(', ')}].`,
  );
}

/** A mask of booleans becomes 0 and -inf. */
function additive(name: string, mask: Tensor, dtype: Tensor['dtype']): Tensor {
  if (isFloatingPoint(mask.dtype)) return mask;
  if (mask.dtype !== 'bool')
    throw new InputError(`MultiheadAttention: ${name} must be bool or floating point, got ${mask.dtype}.`);
  return torch.zerosLike(mask, { dtype }).maskedFill_(mask, -Infinity);
}
