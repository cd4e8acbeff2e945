/** How fast a training goes, and from that the time it has left. */

/** The most recent values of a series; what is older does not count. */
export class Recent {
  readonly #values: number[] = [];
  readonly #capacity: number;
  /** Added up when it is asked for, which is several times a step. */
  #sum: number | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(value: number): void {
    this.#values.push(value);
    if (this.#values.length > this.#capacity) this.#values.shift();
    this.#sum = undefined;
  }

  get sum(): number {
    return (this.#sum ??= this.#values.reduce((sum, value) => sum + value, 0));
  }

  /** NaN as long as there are no values. */
  get mean(): number {
    return this.sum / this.#values.length;
  }
}

/** Steps whose mean the speed is. */
const STEPS = 64;

/** Work of three kinds, counted. */
export interface Work {
  readonly steps: number;
  readonly evaluations: number;
  readonly checkpoints: number;
}

/** Mean seconds of each kind of work. */
export type Costs = { readonly [Kind in keyof Work]: number };

/**
 * How fast training goes and how long the rest will take.
 *
 * Only what this process measured lately counts for steps, so the speed does not lie after a resume or
 * a change of load; evaluations and checkpoints are rare, so `prior` (from the checkpoint) stands in
 * until one has been measured.
 */
export class Throughput {
  /**
   * Seconds of each. Of steps so many that the mean is steady, and so few that it follows a change of load; of checkpoints an even
   * number, since those before an evaluation, which write the weights, and those after it, which do not, come by turns.
   */
  readonly #recent = { steps: new Recent(STEPS), evaluations: new Recent(3), checkpoints: new Recent(4) };
  /** Samples of the same steps. */
  readonly #samples = new Recent(STEPS);

  readonly #prior: Costs | null;
  readonly #evaluationSamples: number;

  /**
   * @param prior costs measured before a resume
   * @param evaluationSamples samples of one evaluation
   */
  constructor(prior: Costs | null = null, evaluationSamples = 0) {
    this.#prior = prior;
    this.#evaluationSamples = evaluationSamples;
  }

  /** One training step over `samples` samples, the wait for its data included. */
  step(seconds: number, samples: number): void {
    this.#recent.steps.push(seconds);
    this.#samples.push(samples);
  }

  record(kind: 'evaluations' | 'checkpoints', seconds: number): void {
    this.#recent[kind].push(seconds);
  }

  get samplesPerSecond(): number {
    return this.#samples.sum / this.#recent.steps.sum;
  }

  get costs(): Costs {
    return {
      steps: this.#cost('steps'),
      evaluations: this.#cost('evaluations'),
      checkpoints: this.#cost('checkpoints'),
    };
  }

  /** Seconds that `work` will take, or null before the first step of this process. */
  secondsFor(work: Work): number | null {
    const { steps, evaluations, checkpoints } = this.costs;
    if (Number.isNaN(this.#recent.steps.mean)) return null;
    return work.steps * steps + work.evaluations * evaluations + work.checkpoints * checkpoints;
  }

  #cost(kind: keyof Work): number {
    const measured = this.#recent[kind].mean;
    if (!Number.isNaN(measured)) return measured;
    // Nothing was measured yet: a forward pass is about a third of a training step, a checkpoint little.
    return this.#prior?.[kind] ?? (kind === 'evaluations' ? this.#evaluationSamples / (3 * this.samplesPerSecond) : 0);
  }
}
