/** How much of images is decoded at a time. */

/** 96 MB as bytes of RGB: eight photographs of four million pixels. */
const PIXELS = 2 ** 25;

/**
 * Lets decoding begin while the images under way stay within a number of pixels; one that is larger alone goes alone.
 * Images are let in by their turn, the order in which they are used: else later ones would hold what the next one waits for.
 */
export class PixelBudget {
  private used = 0;
  private readonly waiting: { readonly pixels: number; readonly enter: () => void }[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly most = PIXELS) {}

  /** Runs `body` once it is this image's turn and there is room. `pixels` is asked for first, beside other work. */
  enter<T>(pixels: Promise<number>, body: () => Promise<T>): Promise<T> {
    const admitted = this.turn.then(() => pixels).then((count) => this.admit(count));
    this.turn = admitted.catch(() => {});
    return admitted.then(body);
  }

  /** An image of so many pixels is used and gone. */
  leave(pixels: number): void {
    this.used -= pixels;
    while (this.waiting.length > 0 && this.hasRoom(this.waiting[0]!.pixels)) {
      const next = this.waiting.shift()!;
      this.used += next.pixels;
      next.enter();
    }
  }

  private hasRoom(pixels: number): boolean {
    return this.used === 0 || this.used + pixels <= this.most;
  }

  private admit(pixels: number): Promise<void> | void {
    if (this.waiting.length === 0 && this.hasRoom(pixels)) {
      this.used += pixels;
      return;
    }
    return new Promise((enter) => this.waiting.push({ pixels, enter }));
  }
}
