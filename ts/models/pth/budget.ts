import { InputError } from '../../errors';

/** What a checkpoint may build beside what lies in it: small ones get this much. */
const FREE_BYTES = 2 ** 24;
/** Copies of all that lies in it, such as quantized tensors and sets are. */
const COPIES = 8;

/**
 * A pickle can name what it built before and have it copied, again and again for a few bytes each. What is copied is paid
 * for out of a sum that the size of the file gives.
 */
export class Budget {
  #left: number;
  readonly #label: string;

  constructor(label: string, size: number) {
    this.#label = label;
    this.#left = FREE_BYTES + COPIES * size;
  }

  /** @throws InputError when the sum is used up, or for what is no count of bytes */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw new InputError(
      `${this.#label} builds more than ${COPIES} times what lies in it, as files do that are made to fill a memory; nothing of it was kept.`,
    );
  }
}
