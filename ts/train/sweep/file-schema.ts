/** The file of `<task> sweep`. */
import * as z from 'zod';
import type { ConfigTree } from '../config/keys';
import type { SearchSettings } from './search';

const number = z.number();
const anyValue = z.json();

const values = z.array(anyValue).min(1).describe('Values to choose from.');
const parameter = z.union([
  values,
  z.strictObject({ values }),
  z.strictObject({
    min: number.describe('The smallest value.'),
    max: number.describe('The largest value.'),
    scale: z.enum(['linear', 'log']).default('linear').describe('Whether a difference counts, or a factor.'),
    step: number.positive().optional().describe('Takes min, min + step, … alone.'),
  }),
]);

const sweepShape = {
  parameters: z
    .record(z.string(), parameter)
    .describe('Keys of the configuration, each with a list of values, or with min, max, and scale or step.'),
  method: z
    .enum(['grid', 'random', 'tpe'])
    .default('random')
    .describe('All combinations; independent draws; or draws that go by the trials so far (Bergstra et al. 2011).'),
  trials: z.int().min(1).default(20).describe('Trials in all; a grid has as many as combinations.'),
  startup: z.int().min(1).default(10).describe('For `tpe`: trials that are drawn at random first.'),
  mode: z.enum(['min', 'max']).describe('Whether less or more of the metric is better.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe('Seed of what is drawn.'),
} as const;

const halvingShape = z.strictObject({
  min: z.int().min(1).default(1).describe('Epochs that every trial is given first.'),
  max: z.int().min(2).describe('Epochs that the best are given. Default: those of the configuration.'),
  factor: z.number().min(2).default(3).describe('One of so many trials is given so many times as much.'),
});
const HALVING = 'Successive halving (ASHA): little training for all, more for the best. Null trains every trial whole.';

/** What a file for `<task> sweep` holds. */
export interface SweepFile extends Omit<SearchSettings, 'mode' | 'halving'> {
  readonly preset?: string | undefined;
  readonly config: ConfigTree;
  readonly metric?: string | undefined;
  readonly mode?: 'min' | 'max' | undefined;
  readonly halving: { readonly min: number; readonly max?: number | undefined; readonly factor: number } | null;
}

/**
 * The schema of such a file.
 * @returns one to check by, which leaves the values of parameters to `dimensionsOf` and its words, and one for editors
 */
export function sweepFileSchema(presets: readonly string[]): { schema: z.ZodType<SweepFile>; described: z.ZodType } {
  const shape = {
    preset: z.enum(presets).optional().describe('What all trials begin with.'),
    config: z.record(z.string(), anyValue).default({}).describe('Keys of the configuration that all trials have.'),
    metric: z
      .string()
      .optional()
      .describe('The metric of the evaluations that counts. Default: what the task chooses by.'),
    ...sweepShape,
    mode: sweepShape.mode.optional(),
    halving: halvingShape.extend({ max: halvingShape.shape.max.optional() }).nullable().default(null).describe(HALVING),
  };
  const parameters = z.record(z.string(), anyValue);
  return { schema: z.strictObject({ ...shape, parameters }) as never, described: z.strictObject(shape) };
}
