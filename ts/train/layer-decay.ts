/** Learning rates that fall from a model's output to its input, for any model, by the names of its parameters. */
import { InputError } from '../errors';
import type { Parameter } from '../nn';
import { checkOptions, expected } from '../options';
import { byFirstMatch, type Pattern } from './patterns';

/** Which parameters are a layer. */
export interface LayerDecayRules {
  /** Factor on the learning rate for each layer further from the output, above 0 and at most 1. */
  readonly factor: number;
  /** One pattern a layer, from input to output; what matches none is the output. @default by the numbers in the names */
  readonly layers?: readonly Pattern[];
}

type Named = readonly (readonly [string, Parameter])[];

/** For each parameter the factor on its learning rate: `factor ** (layers between it and the output)`. */
export function layerFactors(parameters: Named, rules: number | LayerDecayRules): Map<Parameter, number> {
  if (typeof rules === 'object') checkOptions('fit: layerDecay', rules, ['factor', 'layers']);
  const { factor, layers } = typeof rules === 'number' ? { factor: rules, layers: undefined } : rules;
  if (typeof factor !== 'number' || !(factor > 0 && factor <= 1))
    throw expected('fit', 'a number above 0 and at most 1 for layerDecay', factor, '', InputError);
  const layerOf = layers === undefined ? numberedLayers(parameters) : layersByPattern(parameters, layers);
  const last = Math.max(...layerOf.values());
  return new Map([...layerOf].map(([parameter, layer]) => [parameter, factor ** (last - layer)]));
}

/**
 * Layers as the names tell them: all names that begin alike up to their first number are one (`encoder.layer.3`, `layer1.0`), in
 * the model's order. What stands before all of these is the first layer, what stands behind or between them belongs to the output.
 */
function numberedLayers(parameters: Named): Map<Parameter, number> {
  const blocks = new Map<string, number>();
  for (const [name] of parameters) {
    const block = blockOf(name);
    if (block !== undefined && !blocks.has(block)) blocks.set(block, blocks.size + 1);
  }
  const output = blocks.size + 1;
  const input = parameters.findIndex(([name]) => blockOf(name) !== undefined);
  return new Map(
    parameters.map(([name, parameter], i) => [parameter, blocks.get(blockOf(name) ?? '') ?? (i < input ? 0 : output)]),
  );
}

function blockOf(name: string): string | undefined {
  return /^(?:[^.]+\.)*?\d+(?=\.)/.exec(name)?.[0];
}

function layersByPattern(parameters: Named, layers: readonly Pattern[]): Map<Parameter, number> {
  const matched = byFirstMatch('fit: layerDecay', parameters, layers);
  return new Map(
    [...matched].flatMap(([index, found]) =>
      found.map(([, parameter]) => [parameter, index < 0 ? layers.length : index] as const),
    ),
  );
}
