/** The options of torch.compile. */
import { InputError } from '../errors';
import { expected, resolveOptions, type Given } from '../options';
import type { CalibrationInputs } from './calibrate';
import { Calibration } from './calibration';
import { PRECISIONS, type Precision } from './precision';

/** How a module is compiled. */
export interface CompileOptions {
  /**
   * The element type of products, convolutions and attention; what goes in and comes out stays float32. @default 'float32'
   *
   * With 'bfloat16' the rest is as under torch.autocast. With 'int8' linear layers are quantized dynamically, convolutions by
   * `calibrate`; both with weights that have a scale for each output.
   */
  readonly precision: Precision;
  /**
   * For convolutions in int8: some arguments of forward, each alone or in an array with the others of its call, whose ranges
   * count for all inputs to come; or the calibration of a module that was compiled before. @default none
   */
  readonly calibrate: CalibrationInputs | Calibration | null;
  /**
   * How far a result of the first run for each shape may be from the module's own, relative to the largest number in it. Where it
   * is farther, the module runs eagerly for that shape. @default 1e-4; 0.1 for 'bfloat16', 0.5 for 'int8'
   */
  readonly tolerance: number | null;
  /** Shapes of the inputs to keep plans for; beyond, the one that was not used for longest is dropped. @default 32 */
  readonly maxPlans: number;
  /** How often the module runs eagerly for inputs of one kind before a plan is made for them: it takes as long as some runs. @default 0 */
  readonly warmup: number;
  /** Throw where the module cannot be compiled, as Python's `fullgraph`; otherwise it runs eagerly and says so once. @default false */
  readonly fullgraph: boolean;
  /** Hears, once for each reason, that the module runs eagerly. @default a warning of the process */
  readonly onWarning: (message: string) => void;
}

const DEFAULTS: CompileOptions = {
  precision: 'float32',
  calibrate: null,
  tolerance: null,
  maxPlans: 32,
  warmup: 0,
  fullgraph: false,
  onWarning: (message) => process.emitWarning(message),
};

/**
 * The options with defaults for those that are left out.
 * @throws InputError for unknown ones, and for values that cannot be
 */
export function resolveCompileOptions(options: Given<CompileOptions>): CompileOptions {
  const resolved = resolveOptions<CompileOptions>('compile', DEFAULTS, options);
  if (!PRECISIONS.includes(resolved.precision))
    throw expected('compile', `one of the precisions '${PRECISIONS.join("', '")}'`, resolved.precision, '', InputError);
  const { calibrate: inputs } = resolved;
  const isIterable = typeof (inputs as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function';
  if (inputs !== null && !isIterable && !(inputs instanceof Calibration))
    throw expected(
      'compile',
      'an array or another iterable of inputs, or a Calibration, for calibrate',
      inputs,
      '',
      InputError,
    );
  if (inputs !== null && resolved.precision !== 'int8')
    throw expected('compile', "calibrate only with the precision 'int8'", resolved.precision, '', InputError);
  if (resolved.tolerance !== null && !(resolved.tolerance > 0))
    throw expected('compile', 'a tolerance above 0', resolved.tolerance, '', InputError);
  if (!Number.isInteger(resolved.maxPlans) || resolved.maxPlans < 1)
    throw expected('compile', 'a whole number of at least 1 for maxPlans', resolved.maxPlans, '', InputError);
  if (!Number.isInteger(resolved.warmup) || resolved.warmup < 0)
    throw expected('compile', 'a whole number of at least 0 for warmup', resolved.warmup, '', InputError);
  return resolved;
}
