/**
 * PowerSGD (Vogels et al. 2019, arXiv 1905.13727): of each gradient as a matrix M, a product P Qᵀ of low rank is sent. Computed as
 * torch/distributed/algorithms/ddp_comm_hooks/powerSGD_hook.py does, with the same random numbers, so that processes of Python and of
 * Node may send to each other.
 */
import { startAllReduce } from '../../../distributed/call';
import { groupOf, type ProcessGroup } from '../../../distributed/process-group';
import { InputError } from '../../../errors';
import { expected, resolveOptions } from '../../../options';
import { cat, empty, Generator, keep, linalg, randn, stack, type Tensor } from '../../../tensor';
import { startAverage } from './compress';
import { bufferOf, type CommHook, type GradBucket } from './hook';

export interface PowerSGDOptions {
  /** The processes. @default all */
  readonly processGroup?: ProcessGroup | null;
  /** Columns of P and Q, from 1: the more, the closer to the gradient and the more bytes. @default 1 */
  readonly matrixApproximationRank?: number;
  /** Steps that average the gradients as they are, from 2 with feedback or warm start. @default 1000 */
  readonly startPowerSGDIter?: number;
  /** Matrices that would not become smaller by this factor are sent as they are. @default 2 */
  readonly minCompressionRate?: number;
  /** Whether what the product leaves out of a gradient is added to the next one. @default true */
  readonly useErrorFeedback?: boolean;
  /** Whether P and Q begin with those of the step before. @default true */
  readonly warmStart?: boolean;
  /** Added to the norm of each column, against columns of zeros. @default 0 */
  readonly orthogonalizationEpsilon?: number;
  /** Of the first Q; the same in all processes. @default 0 */
  readonly randomSeed?: number;
  /** Whether matrices of one shape are multiplied at once. @default false */
  readonly batchTensorsWithSameShape?: boolean;
}

const DEFAULTS: Required<PowerSGDOptions> = {
  processGroup: null,
  matrixApproximationRank: 1,
  startPowerSGDIter: 1000,
  minCompressionRate: 2,
  useErrorFeedback: true,
  warmStart: true,
  orthogonalizationEpsilon: 0,
  randomSeed: 0,
  batchTensorsWithSameShape: false,
};

/** NumPy's `RandomState.randint(1_000_000_000)` draws 30 bits of the Mersenne Twister, which is libtorch's, too, until they are below. */
const SEED_BITS = 2 ** 30;
const SEEDS = 1_000_000_000;

/** What a bucket has between two steps. */
interface Memory {
  /** Of all matrices, one after the other. */
  ps?: Tensor;
  qs?: Tensor;
  error?: Tensor;
}

/** Options of {@link powerSgdHook}, and what it remembers; one for each model. */
export class PowerSGDState {
  /** What it was made with, and the defaults. */
  readonly options: Required<PowerSGDOptions>;
  /** Steps so far. */
  iter = 0;
  /** Elements of the gradients that were to be sent, and of what was sent for them. */
  readonly elements = { before: 0, after: 0 };
  /** @internal by the index of the bucket */
  readonly memory = new Map<number, Memory>();
  readonly #seeds: Generator;

  constructor(options: PowerSGDOptions = {}) {
    const given = resolveOptions<Required<PowerSGDOptions>>('PowerSGDState', DEFAULTS, options);
    const { matrixApproximationRank: rank, startPowerSGDIter: first, useErrorFeedback, warmStart } = given;
    if (!Number.isInteger(rank) || rank < 1)
      throw expected('PowerSGDState', 'a whole number from 1 for matrixApproximationRank', rank, '', InputError);
    if (!(first >= (useErrorFeedback || warmStart ? 2 : 0)))
      throw expected(
        ...([
          'PowerSGDState',
          'a number from 2 for startPowerSGDIter with useErrorFeedback or warmStart',
          first,
        ] as const),
        'the buckets are made anew after the first step',
        InputError,
      );
    this.options = given;
    this.#seeds = new Generator().manualSeed(given.randomSeed);
  }

  /** The gradients' elements over those that were sent for them, since PowerSGD began; 0 before. */
  get compressionRate(): number {
    return this.elements.after === 0 ? 0 : this.elements.before / this.elements.after;
  }

  /** @internal the generator of one bucket's first Qs, the same in all processes */
  nextGenerator(): Generator {
    for (;;) {
      // One draw of 31 bits; randint takes two for one number of so many.
      const seed = Number(empty([], { dtype: 'int32' }).random_({ generator: this.#seeds }).item()) % SEED_BITS;
      if (seed < SEEDS) return new Generator().manualSeed(seed);
    }
  }

  /** @internal */
  countStep(bucket: GradBucket): void {
    if (bucket.isLast()) this.iter++;
  }
}

/** Sends products of low rank in place of the gradients, after `startPowerSGDIter` steps that average them as they are. */
export const powerSgdHook: CommHook<PowerSGDState> = (state, bucket) => {
  if (!(state instanceof PowerSGDState))
    throw expected(
      'powerSgdHook',
      'a PowerSGDState',
      state,
      'give registerCommHook one: new nn.parallel.PowerSGDState()',
    );
  const { processGroup: group, startPowerSGDIter, useErrorFeedback } = state.options;
  const buffer = bufferOf('powerSgdHook', bucket);
  if (state.iter < startPowerSGDIter) {
    state.countStep(bucket);
    return startAverage('powerSgdHook', buffer, group);
  }
  const memory = state.memory.get(bucket.index()) ?? {};
  state.memory.set(bucket.index(), memory);
  if (memory.error) buffer.add_(memory.error);
  const uncompressed = useErrorFeedback ? buffer.clone() : null;
  const { matrices, others } = sorted(state, bucket);
  const flat = others.map((one) => one.reshape([-1])); // (…) -> (n)
  const average = startAverageOfSum(flat.length === 0 ? buffer.narrow(0, 0, 0).clone() : cat(flat), group);
  const products = new Products(state, memory, matrices, buffer);
  products.multiplyQs();
  return () => {
    const parts = average().split(flat.map((one) => one.numel()));
    for (const [i, part] of parts.entries()) flat[i]?.copy_(part);
    products.sendPs();
    products.sendQs();
    products.restore();
    if (uncompressed) {
      memory.error?.dispose();
      memory.error = keep(uncompressed.sub(buffer));
    }
    if (!state.options.warmStart) products.forget();
    state.countStep(bucket);
    return buffer;
  };
};

/** As Python has it here: the sum is divided, not its terms. */
function startAverageOfSum(tensor: Tensor, group: ProcessGroup | null): () => Tensor {
  const work = startAllReduce(tensor, { group });
  return () => (work.wait(), tensor.div_(groupOf('powerSgdHook', group).size));
}

/** Gradients as matrices (n, m) that are worth their product, and the others. */
function sorted(state: PowerSGDState, bucket: GradBucket): { matrices: Tensor[]; others: Tensor[] } {
  const { elements, options } = state;
  const [matrices, others]: [Tensor[], Tensor[]] = [[], []];
  for (const gradient of bucket.gradients()) {
    const matrix = gradient.reshape([gradient.shape[0] ?? 1, -1]); // (n, …) -> (n, m)
    const [n, m] = matrix.shape as [number, number];
    const sent = (n + m) * Math.min(n, m, options.matrixApproximationRank);
    const compresses = sent * options.minCompressionRate < n * m;
    elements.before += n * m;
    elements.after += compresses ? sent : n * m;
    (compresses ? matrices : others).push(compresses ? matrix : gradient);
  }
  return { matrices, others };
}

/** The products of one bucket: P (B, n, rank) and Q (B, m, rank) for each batch of matrices (B, n, m). */
class Products {
  readonly #state: PowerSGDState;
  readonly #memory: Memory;
  readonly #batches: {
    readonly originals: readonly Tensor[];
    readonly m: Tensor;
    readonly p: Tensor;
    readonly q: Tensor;
  }[] = [];
  readonly #isNew: boolean;

  constructor(state: PowerSGDState, memory: Memory, matrices: readonly Tensor[], buffer: Tensor) {
    this.#state = state;
    this.#memory = memory;
    const groups = batched(matrices, state.options.batchTensorsWithSameShape);
    const sizes = groups.map((originals) => {
      const [n, m] = originals[0]!.shape as [number, number];
      return { b: originals.length, n, m, rank: Math.min(n, m, state.options.matrixApproximationRank) };
    });
    this.#isNew = memory.ps === undefined;
    const total = (side: 'n' | 'm'): number => sizes.reduce((sum, size) => sum + size.b * size[side] * size.rank, 0);
    const made = (side: 'n' | 'm'): Tensor =>
      keep(empty([total(side)], { dtype: buffer.dtype, device: buffer.device }));
    memory.ps ??= made('n');
    memory.qs ??= made('m');
    let [atP, atQ] = [0, 0];
    for (const [i, { b, n, m, rank }] of sizes.entries()) {
      const p = memory.ps.narrow(0, atP, b * n * rank).view([b, n, rank]); // (all) -> (B, n, rank)
      const q = memory.qs.narrow(0, atQ, b * m * rank).view([b, m, rank]); // (all) -> (B, m, rank)
      [atP, atQ] = [atP + p.numel(), atQ + q.numel()];
      const originals = groups[i]!;
      this.#batches.push({ originals, m: b === 1 ? originals[0]!.unsqueeze(0) : stack([...originals]), p, q });
    }
  }

  /** P = M Q, with the Q of the step before, or a random one. */
  multiplyQs(): void {
    const { orthogonalizationEpsilon: epsilon } = this.#state.options;
    const generator = this.#isNew ? this.#state.nextGenerator() : null;
    for (const { q } of this.#batches) {
      if (generator) q.copy_(randn(q.shape, { generator, dtype: q.dtype }));
      orthogonalize(q, epsilon);
    }
    for (const { m, p, q } of this.#batches) p.copy_(m.bmm(q));
  }

  sendPs(): void {
    this.#sum(this.#memory.ps!);
    for (const { p } of this.#batches) orthogonalize(p, this.#state.options.orthogonalizationEpsilon);
  }

  /** Q = Mᵀ P, averaged. */
  sendQs(): void {
    for (const { m, p, q } of this.#batches) q.copy_(m.transpose(1, 2).bmm(p)); // (B, n, m) -> (B, m, n)
    this.#sum(this.#memory.qs!);
    this.#memory.qs!.div_(groupOf('powerSgdHook', this.#state.options.processGroup).size);
  }

  /** Puts P Qᵀ in the place of the gradients. */
  restore(): void {
    for (const { originals, p, q } of this.#batches) {
      const product = p.bmm(q.transpose(1, 2)); // (B, m, rank) -> (B, rank, m)
      for (const [i, original] of originals.entries()) original.copy_(product.select(0, i));
    }
  }

  forget(): void {
    const { ps, qs } = this.#memory;
    for (const tensor of [ps, qs]) tensor!.dispose();
    this.#memory.ps = this.#memory.qs = undefined;
  }

  #sum(tensor: Tensor): void {
    startAllReduce(tensor, { group: this.#state.options.processGroup }).wait();
  }
}

/** One batch for each matrix, in the order of their shapes; or for each shape. */
function batched(matrices: readonly Tensor[], together: boolean): Tensor[][] {
  const byShape = new Map<string, Tensor[]>();
  for (const matrix of matrices)
    byShape.set(matrix.shape.join(), [...(byShape.get(matrix.shape.join()) ?? []), matrix]);
  const groups = [...byShape.values()];
  return together ? groups : groups.flatMap((group) => group.map((matrix) => [matrix]));
}

/** Makes the columns of each matrix (B, n, rank) orthonormal, in place. */
function orthogonalize(matrices: Tensor, epsilon: number): void {
  const rank = matrices.shape[2]!;
  const isHalf = matrices.dtype === 'float16' || matrices.dtype === 'bfloat16';
  if (rank > 2 && !isHalf) matrices.copy_(linalg.qr(matrices)[0]);
  else
    for (let i = 0; i < rank; i++) {
      const column = matrices.narrow(2, i, 1);
      const norm = linalg.vectorNorm(column, 2, [1], true);
      column.div_(epsilon === 0 ? norm : norm.add(epsilon));
      if (i + 1 === rank) break;
      const rest = matrices.narrow(2, i + 1, rank - i - 1);
      rest.sub_(column.mul(rest).sum([1], true).mul(column));
    }
}
