import { InputError } from '../errors';
import { expected } from '../options';

/**
 * A counter-based random generator: Philox 4x32 with ten rounds, from "Parallel Random Numbers: As
 * Easy as 1, 2, 3" (Salmon et al., SC 2011).
 *
 * A stream is a pure function of its name `(seed, a, b)`, so sample 5 of epoch 3 is augmented the
 * same way whoever draws it, in whatever order, after a resume or not, on any platform. No state has
 * to be saved.
 */
export class Rng {
  readonly #key: readonly [number, number];
  readonly #a: number;
  readonly #b: number;
  #block = 0;
  readonly #words = new Uint32Array(4);
  #used = 4;

  /**
   * @param seed safe integer from 0; all of its 53 bits count
   * @param a first coordinate of the stream (an epoch, say), an integer in [0, 2^32)
   * @param b second coordinate of the stream (the index of a sample, say), an integer in [0, 2^32)
   * @throws InputError for anything else
   */
  constructor(seed: number, a = 0, b = 0) {
    this.#key = [integerIn('seed', seed, Number.MAX_SAFE_INTEGER) >>> 0, Math.floor(seed / 2 ** 32)];
    this.#a = integerIn('the first coordinate', a, 0xffffffff);
    this.#b = integerIn('the second coordinate', b, 0xffffffff);
  }

  /** The next 32 bits, as an integer in [0, 2^32). */
  uint32(): number {
    if (this.#used === 4) {
      philox4x32(this.#words, [this.#block++, 0, this.#b, this.#a], this.#key);
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /** Uniform in [0, 1), with 32 bits of it random. */
  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  /** Uniform integer in [0, bound), without the bias of a plain remainder; `bound` is at most 2^32. */
  integer(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const bits = this.uint32();
      if (bits < limit) return bits % bound;
    }
  }

  /** One element, each as likely as the others. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(items.length)]!;
  }

  /** The numbers 0 to length-1 in a random order, all orders as likely (Fisher and Yates). */
  permutation(length: number): Uint32Array {
    const order = Uint32Array.from({ length }, (_, index) => index);
    for (let last = length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = order[last]!;
      order[last] = order[other]!;
      order[other] = kept;
    }
    return order;
  }
}

/** Ten rounds of Philox over one counter; writes four words of 32 random bits into `out`. */
export function philox4x32(
  out: Uint32Array,
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(c0, 0xd2511f53);
    const high1 = multiplyHigh(c2, 0xcd9e8d57);
    const low0 = Math.imul(c0, 0xd2511f53);
    const low1 = Math.imul(c2, 0xcd9e8d57);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The upper 32 bits of the 64-bit product of two 32-bit words, by 16-bit halves. */
function multiplyHigh(x: number, y: number): number {
  const xLow = x & 0xffff;
  const xHigh = x >>> 16;
  const yLow = y & 0xffff;
  const yHigh = y >>> 16;
  const middle = xHigh * yLow + ((xLow * yLow) >>> 16);
  const carry = xLow * yHigh + (middle & 0xffff);
  // Each term stays below 2^53, so that plain numbers are exact; a sum may exceed 2^32 and must not be shifted as an int32.
  return (xHigh * yHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) | 0;
}

function integerIn(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw expected('Rng', `an integer from 0 to ${max} for ${name} of a random stream`, value, '', InputError);
}
