/** What is read and decoded ahead of its use, and how much of it at a time. */

/**
 * The results of `work` on each item, in order, with up to `width` items under way: reading and decoding go on
 * while the caller uses an earlier result. An error comes when its item's turn comes.
 */
export async function* prefetch<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const pending: Promise<Result>[] = [];
  for (let next = 0; next < items.length || pending.length > 0;) {
    while (next < items.length && pending.length < width) {
      const result = work(items[next++]!);
      // Its turn may come late; until then the rejection counts as handled.
      result.catch(() => {});
      pending.push(result);
    }
    yield await pending.shift()!;
  }
}

/** 96 MB as bytes of RGB: eight photographs of four million pixels. */
const PIXELS = 2 ** 25;

/**
 * Lets decoding begin while the images under way stay within a number of pixels; one that is larger alone goes alone.
 * Images are let in by their turn, the order in which they are used: else later ones would hold what the next one waits for.
 */
export class PixelBudget {
  #used = 0;
  readonly #waiting: { readonly pixels: number; readonly enter: () => void }[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  readonly #most: number;

  constructor(most = PIXELS) {
    this.#most = most;
  }

  /** Runs `body` once it is this image's turn and there is room. `pixels` is asked for first, beside other work. */
  enter<T>(pixels: Promise<number>, body: () => Promise<T>): Promise<T> {
    const admitted = this.#turn.then(() => pixels).then((count) => this.#admit(count));
    this.#turn = admitted.catch(() => {});
    return admitted.then(body);
  }

  /** An image of so many pixels is used and gone. */
  leave(pixels: number): void {
    this.#used -= pixels;
    while (this.#waiting.length > 0 && this.#hasRoom(this.#waiting[0]!.pixels)) {
      const next = this.#waiting.shift()!;
      this.#used += next.pixels;
      next.enter();
    }
  }

  #hasRoom(pixels: number): boolean {
    return this.#used === 0 || this.#used + pixels <= this.#most;
  }

  #admit(pixels: number): Promise<void> | void {
    if (this.#waiting.length === 0 && this.#hasRoom(pixels)) {
      this.#used += pixels;
      return;
    }
    return new Promise((enter) => this.#waiting.push({ pixels, enter }));
  }
}
