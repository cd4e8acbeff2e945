/** Which pass over the data a sample is loaded for; with the sample's index it names a random stream. */
export interface Pass {
  readonly seed: number;
  /** From 0. */
  readonly epoch: number;
}

/** Samples that can be loaded one by one, in any order and several at a time. */
export interface Dataset<Sample> {
  readonly length: number;
  /** Loads one sample. The result depends on `index` and `pass` alone. */
  load(index: number, pass: Pass): Promise<Sample>;
  /** What to call a sample in messages (a file name, say); its index is used without it. */
  describe?(index: number): string;
}
