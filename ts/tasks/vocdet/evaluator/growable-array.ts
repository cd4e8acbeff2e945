type Numbers = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** A typed array that grows at its end; it doubles, so adding takes constant time on average. */
export class GrowableArray<Data extends Numbers> {
  private room: Data;
  private used = 0;

  constructor(private readonly make: (length: number) => Data) {
    this.room = make(64);
  }

  get length(): number {
    return this.used;
  }

  /** What was added; a view that is good until more is added. */
  get values(): Data {
    return this.room.subarray(0, this.used) as Data;
  }

  push(value: number): void {
    if (this.used === this.room.length) {
      const larger = this.make(2 * this.used);
      larger.set(this.room);
      this.room = larger;
    }
    this.room[this.used++] = value;
  }
}
