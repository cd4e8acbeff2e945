/*
 * Line search for the strong Wolfe conditions: bracket a step, then zoom in by cubic interpolation (Nocedal and Wright,
 * Numerical Optimization, algorithms 3.5 and 3.6, with the safeguards of Mark Schmidt's minFunc that PyTorch took over).
 */
import type { Tensor } from '../tensor';

/** Where a function stands: its value and its gradient, (n). */
export interface Point {
  readonly loss: number;
  readonly gradient: Tensor;
}

/** A point on the line. */
interface Evaluation extends Point {
  /** Step from the start, in directions. */
  readonly t: number;
  /** Derivative along the direction. */
  readonly slope: number;
}

export interface Line {
  readonly start: Point;
  /** (n) */
  readonly direction: Tensor;
  /** Derivative at the start along the direction, below 0. */
  readonly slope: number;
  /** The point at a step from the start. */
  evaluate(t: number): Point;
}

export interface SearchRules {
  /** The first step to try. */
  readonly t: number;
  /** Stop when the bracket moves no element by more. */
  readonly toleranceChange: number;
  readonly mostIterations: number;
}

export interface Found extends Point {
  readonly t: number;
  readonly evaluations: number;
}

/** Sufficient decrease, and flattening of the slope. */
const [C1, C2] = [1e-4, 0.9];

/** Two places with a fitting step between them. */
type Bracket = [Evaluation, Evaluation];

/** A step along `line` that decreases the function enough and ends where it is flatter. */
export function strongWolfe(line: Line, rules: SearchRules): Found {
  return new Search(line, rules).run();
}

class Search {
  #evaluations = 0;
  #iterations = 0;
  readonly #start: Evaluation;

  constructor(
    readonly line: Line,
    readonly rules: SearchRules,
  ) {
    this.#start = { ...line.start, t: 0, slope: line.slope };
  }

  run(): Found {
    const bracketed = this.#bracket();
    const { loss, gradient, t } = Array.isArray(bracketed) ? this.#zoom(bracketed) : bracketed;
    return { loss, gradient, t, evaluations: this.#evaluations };
  }

  #at(t: number): Evaluation {
    this.#evaluations++;
    const point = this.line.evaluate(t);
    return { ...point, t, slope: dot(point.gradient, this.line.direction) };
  }

  #decreases({ t, loss }: Evaluation): boolean {
    return !(loss > this.#start.loss + C1 * t * this.#start.slope);
  }

  #isFlat({ slope }: Evaluation): boolean {
    return Math.abs(slope) <= -C2 * this.#start.slope;
  }

  /** Lengthens the step until it fits, or until two steps have one that fits between them. */
  #bracket(): Evaluation | Bracket {
    let before = this.#start;
    let here = this.#at(this.rules.t);
    for (; this.#iterations < this.rules.mostIterations; this.#iterations++) {
      if (!this.#decreases(here) || (this.#iterations > 1 && here.loss >= before.loss)) return [before, here];
      if (this.#isFlat(here)) return here;
      if (here.slope >= 0) return [before, here];
      const t = minimumBetween(before, here, here.t + 0.01 * (here.t - before.t), here.t * 10);
      before = here;
      here = this.#at(t);
    }
    return [this.#start, here];
  }

  /** Narrows the bracket until its lower end fits. */
  #zoom(ends: Bracket): Evaluation {
    const size = Number(this.line.direction.abs().max().item());
    let slow = false;
    let low = lower(ends);
    while (
      this.#iterations < this.rules.mostIterations &&
      !(Math.abs(ends[1].t - ends[0].t) * size < this.rules.toleranceChange)
    ) {
      const [least, most] = [Math.min(ends[0].t, ends[1].t), Math.max(ends[0].t, ends[1].t)];
      const aim = minimumBetween(ends[0], ends[1], least, most);
      const margin = 0.1 * (most - least);
      const nearEnd = Math.min(most - aim, aim - least) < margin;
      const push: boolean = nearEnd && (slow || aim >= most || aim <= least);
      slow = nearEnd && !push;
      const here = this.#at(
        !push ? aim : Math.abs(aim - most) < Math.abs(aim - least) ? most - margin : least + margin,
      );
      this.#iterations++;
      const high = low === 0 ? 1 : 0;
      if (!this.#decreases(here) || here.loss >= ends[low].loss) {
        ends[high] = here;
        low = lower(ends);
      } else {
        if (this.#isFlat(here)) return here;
        if (here.slope * (ends[high].t - ends[low].t) >= 0) ends[high] = ends[low];
        ends[low] = here;
      }
    }
    return ends[low];
  }
}

/** Which end has the smaller value. */
function lower([a, b]: Bracket): 0 | 1 {
  return a.loss <= b.loss ? 0 : 1;
}

/** Where the cubic through two places, with their slopes, is lowest, within `[least, most]`; the middle where it has no minimum. */
function minimumBetween(a: Evaluation, b: Evaluation, least: number, most: number): number {
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const d1 = left.slope + right.slope - (3 * (left.loss - right.loss)) / (left.t - right.t);
  const square = d1 ** 2 - left.slope * right.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const d2 = Math.sqrt(square);
  const t = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return Math.min(Math.max(t, least), most);
}

export function dot(a: Tensor, b: Tensor): number {
  return Number(a.dot(b).item());
}
