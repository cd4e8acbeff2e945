/** Calibration: which numbers go through the convolutions of a model, for those that are computed in 8-bit integers. */
import { InputError } from '../errors';
import type { Module } from '../nn';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { emit, SharedConstants } from './emit';
import { makeNode, type Graph, type Value } from './graph';
import { FLOAT_PASSES } from './passes';
import { keysOf, union, type ConvolutionRanges, type Range, type Ranges } from './passes/int8-convolution';
import { mergeEqual, removeDeadCode } from './passes/simplify';
import { recordForward } from './record';
import { treeFlatten } from './pytree';

/** Which results of an observed graph are the least and the greatest number of which value. */
export interface Observer {
  readonly key: string;
  readonly values: { readonly input: number; readonly residual: number | null; readonly result: number };
}

/**
 * Makes a graph give, in place of its results, the least and the greatest number of all that goes into its convolutions and comes out.
 * The n-th value that the observers name has the results 2n and 2n + 1.
 */
export function observe(graph: Graph): readonly Observer[] {
  const numbers = new Map<Value, number>();
  const outputs: Value[] = [];
  const observed = (value: Value): number => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    const [low, high] = [graph.value('float32', []), graph.value('float32', [])];
    graph.nodes.push(makeNode('aten::aminmax', [value, null, false], [low, high]));
    numbers.set(value, numbers.size);
    outputs.push(low, high);
    return numbers.size - 1;
  };
  const observers = [...keysOf(graph)].map(([{ node, input, residual }, key]) => ({
    key,
    values: { input: observed(input), residual: residual && observed(residual), result: observed(node.result) },
  }));
  graph.outputs = outputs;
  return observers;
}

/** The ranges of several runs. */
export class RangeCollector {
  readonly #ranges = new Map<string, ConvolutionRanges>();

  get ranges(): Ranges {
    return this.#ranges;
  }

  /**
   * @param results of the observed graph
   * @throws InputError where one of them is not finite
   */
  add(observers: readonly Observer[], results: readonly Tensor[]): void {
    const numbers = results.map((result) => result.item() as number);
    const rangeOf = (value: number, key: string): Range => {
      const [low, high] = [numbers[2 * value]!, numbers[2 * value + 1]!];
      if (!Number.isFinite(low) || !Number.isFinite(high))
        throw new InputError(
          `compile: expected inputs of calibrate that give finite numbers, found ${Number.isFinite(low) ? high : low} at ${key}; pass images as the model is to see them`,
        );
      return { low, high };
    };
    for (const { key, values } of observers) {
      const found: ConvolutionRanges = {
        input: rangeOf(values.input, key),
        residual: values.residual === null ? null : rangeOf(values.residual, key),
        result: rangeOf(values.result, key),
      };
      const known = this.#ranges.get(key);
      this.#ranges.set(key, known ? unionOf(known, found) : found);
    }
  }
}

function unionOf(a: ConvolutionRanges, b: ConvolutionRanges): ConvolutionRanges {
  return {
    input: union(a.input, b.input),
    residual: a.residual && b.residual && union(a.residual, b.residual),
    result: union(a.result, b.result),
  };
}

/** Inputs of a calibration: for each call of forward its argument, or an array of its arguments. */
export type CalibrationInputs = Iterable<unknown>;

/** A calibration that cannot be done: the caller's to see to. */
export class CalibrationError extends InputError {}

/**
 * Runs a module on the inputs of a calibration.
 * @throws CalibrationError without inputs, and where the module cannot take one of them
 */
export function calibrate(module: Module, inputs: CalibrationInputs | null): Ranges {
  const collector = new RangeCollector();
  let count = 0;
  for (const input of inputs ?? []) {
    calibrateOn(module, Array.isArray(input) ? (input as unknown[]) : [input], collector, count++);
  }
  if (count === 0)
    throw new CalibrationError(
      `compile: expected inputs to calibrate the convolutions of ${module.constructor.name} on, for int8, found none; pass calibrate: some arguments of forward as they will come.`,
    );
  return collector.ranges;
}

function calibrateOn(module: Module, args: readonly unknown[], collector: RangeCollector, index: number): void {
  try {
    torch.scoped(() => {
      const { tensors } = treeFlatten(args);
      const { graph, refusal, constants } = recordForward(module, tensors, () => module.forward(...(args as never[])));
      try {
        if (!graph) throw new InputError(refusal);
        collectRanges(graph, tensors, collector);
      } finally {
        for (const constant of constants) constant.dispose();
      }
    });
  } catch (cause) {
    throw new CalibrationError(`compile: calibrate[${index}]: ${(cause as Error).message}`, { cause });
  }
}

/** Runs a recorded forward again, with observers at its convolutions. */
function collectRanges(graph: Graph, inputs: readonly Tensor[], collector: RangeCollector): void {
  for (const pass of FLOAT_PASSES) pass(graph);
  const observers = observe(graph);
  mergeEqual(graph);
  removeDeadCode(graph);
  const constants = new SharedConstants();
  try {
    const { plan, outputs } = emit(graph, inputs, constants);
    try {
      const results = plan.run(inputs);
      if (!Array.isArray(results)) throw new InputError('its forward is not the same twice');
      collector.add(
        observers,
        outputs.map((output) => results[output as number]!),
      );
    } finally {
      plan.dispose();
    }
  } finally {
    constants.dispose();
  }
}
