/** Models as the tasks run them: plainly, or compiled in a precision that the user names. */
import { compile, type Precision } from '../compile';
import type { Module } from '../nn';

export interface PrecisionOptions {
  /**
   * Compile the model, for the CPU, in this precision; see docs/speed.md. Convolutions in int8 are calibrated on the first batch.
   * @default the model runs as it is
   */
  readonly precision?: Precision;
}

/** A model with its forward, compiled when the first input comes. */
export class PreparedModel<M extends Module> {
  #compiled: Pick<M, 'forward'> | null = null;
  readonly #precision: Precision | undefined;
  readonly #onWarning: ((message: string) => void) | undefined;

  constructor(
    readonly model: M,
    precision: Precision | undefined,
    onWarning?: (message: string) => void,
  ) {
    this.#precision = precision;
    this.#onWarning = onWarning;
  }

  /** The forward of the model for one input. */
  forward(input: Parameters<M['forward']>[0]): ReturnType<M['forward']> {
    const { model } = this;
    const precision = this.#precision;
    const onWarning = this.#onWarning;
    if (precision !== undefined)
      this.#compiled ??= compile(model.eval(), {
        precision,
        ...(precision === 'int8' && { calibrate: [input] }),
        ...(onWarning && { onWarning }),
      });
    return (this.#compiled ?? model).forward(input) as ReturnType<M['forward']>;
  }
}
