/** Models as the tasks run them: compiled, in the precision that the user names, or as they are. */
import {
  Calibration,
  compile,
  PRECISIONS,
  type CalibrationInputs,
  type CompileOptions,
  type Precision,
  type SavedCompileOptions,
} from '../compile';
import { InputError } from '../errors';
import type { Module } from '../nn';
import { expected } from '../options';

/** How `predict` and `evaluate` run a model. */
export interface InferenceOptions {
  /**
   * What products are computed in, on the CPU; see docs/speed.md. Convolutions in int8 are calibrated on the first batch, unless the
   * checkpoint brings their calibration. @default what the checkpoint's compile.json says, else 'float32'
   */
  readonly precision?: Precision;
  /**
   * Compile the model where that pays, which moves the last digits of what it gives. With false it runs as it is, in float32.
   * @default true
   */
  readonly compile?: boolean;
}

/**
 * Looks at the options before anything is loaded.
 * @throws InputError for a precision that does not exist, or that needs a compiled model where it is not to be compiled
 */
export function requireInference({ compile = true, precision = 'float32' }: InferenceOptions): void {
  if (!PRECISIONS.includes(precision))
    throw expected('precision', `one of '${PRECISIONS.join("', '")}'`, precision, '', InputError);
  if (!compile && precision !== 'float32')
    throw new InputError(
      `compile: expected true with the precision '${precision}', found false; leave one of them out`,
    );
}

/**
 * How often inputs of one shape come before a plan is made for them, in float32: making one takes as long as 3 to 8 forward passes
 * (weights are packed, and the first run is compared with the model's), and each later pass is a tenth to a third shorter. So what
 * comes a few times is not slowed down, and what comes often is faster from then on. The other precisions give other digits, so they
 * begin at once: the same image gets the same result wherever it stands.
 */
const WARMUP = 16;

/** How far from the model's own results those of its plan may be in float32, relative to the largest. */
const TOLERANCE = 1e-5;

/** What else there is to know when a model is prepared. */
export interface PreparationOptions {
  readonly saved?: SavedCompileOptions | null;
  readonly onWarning?: (message: string) => void;
}

/** A model with its forward, compiled as the options say when inputs come. */
export class PreparedModel<M extends Module> {
  readonly #options: Required<InferenceOptions>;
  readonly #onWarning: ((message: string) => void) | undefined;
  #calibrate: CalibrationInputs | Calibration | undefined;
  /** What runs for the model; chosen when the first input comes. */
  #runner: Pick<M, 'forward'> | null = null;

  /**
   * @param saved what the checkpoint says of it
   * @throws InputError for a precision that does not exist, or that needs a compiled model where it is not to be compiled
   */
  constructor(
    readonly model: M,
    { compile = true, precision: asked }: InferenceOptions,
    { saved = null, onWarning }: PreparationOptions = {},
  ) {
    const precision = asked ?? (compile ? saved?.precision : undefined) ?? 'float32';
    requireInference({ compile, precision });
    this.#options = { precision, compile };
    this.#calibrate = saved?.calibrate;
    this.#onWarning = onWarning;
  }

  /** Whether convolutions, if there are any, would be calibrated on the first input. */
  get needsCalibration(): boolean {
    return this.#options.precision === 'int8' && this.#calibrate === undefined;
  }

  /** Calibrates on these inputs, when the first one comes. */
  calibrateOn(inputs: CalibrationInputs): void {
    this.#calibrate = inputs;
  }

  /** The forward of the model for one input. */
  forward(input: Parameters<M['forward']>[0]): ReturnType<M['forward']> {
    this.#runner ??= this.#isCompiled ? compile(this.model.eval(), this.#compileOptions(input)) : this.model;
    return this.#runner.forward(input) as ReturnType<M['forward']>;
  }

  /** Compiled models are for the CPU: elsewhere float32 is computed by the model itself, without a word. */
  get #isCompiled(): boolean {
    const { compile, precision } = this.#options;
    return compile && (precision !== 'float32' || this.model.parameters().every(({ device }) => device === 'cpu'));
  }

  #compileOptions(input: unknown): Partial<CompileOptions> {
    const { precision } = this.#options;
    return {
      precision,
      ...(precision === 'float32' && { warmup: WARMUP, tolerance: TOLERANCE }),
      ...(precision === 'int8' && { calibrate: this.#calibrate ?? [input] }),
      ...(this.#onWarning && { onWarning: this.#onWarning }),
    };
  }
}

/** A model that runs as it is. */
export const AS_IT_IS: InferenceOptions = { compile: false };
