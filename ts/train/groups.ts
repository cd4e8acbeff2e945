import type { Parameter } from '../nn';

/** How learning rate and weight decay differ between the parameters of a model. */
export interface GroupRules {
  readonly lr: number;
  /** Learning rate of the head; null takes `lr`. */
  readonly headLr: number | null;
  readonly weightDecay: number;
  /** Whether biases and the weights of normalization layers decay too. */
  readonly decayAll: boolean;
  /** Factor on the learning rate for each layer further from the head. */
  readonly layerDecay: number;
}

/** Where a model's parameters lie between its input (layer 0) and its output (layer `layers`). */
export interface LayerMap {
  readonly layers: number;
  layerOf(name: string): number;
  /** Whether a parameter is the task's own, new when a pretrained model is taken up. */
  isHead(name: string): boolean;
}

/** Parameters that share their options, as optimizers take them. */
export interface OptionGroup {
  readonly params: Parameter[];
  readonly lr: number;
  readonly weightDecay: number;
}

/**
 * The trainable parameters in groups of equal options, in the model's order.
 * Layer-wise decay as in BEiT (Bao et al. 2021): layer i learns at `lr * layerDecay ** (layers - i)`.
 */
export function parameterGroups(
  parameters: readonly (readonly [string, Parameter])[],
  rules: GroupRules,
  map: LayerMap,
): OptionGroup[] {
  const groups = new Map<string, OptionGroup>();
  for (const [name, parameter] of parameters) {
    if (!parameter.requiresGrad) continue;
    const headLr = map.isHead(name) ? rules.headLr : null;
    const lr = headLr ?? rules.lr * rules.layerDecay ** (map.layers - map.layerOf(name));
    const weightDecay = rules.decayAll || decays(parameter) ? rules.weightDecay : 0;
    const key = `${lr} ${weightDecay}`;
    const group = groups.get(key);
    if (group) group.params.push(parameter);
    else groups.set(key, { params: [parameter], lr, weightDecay });
  }
  return [...groups.values()];
}

/** Matrices and kernels decay; biases, scales and shifts of normalizations do not, as is usual for transformers. */
function decays(parameter: Parameter): boolean {
  return parameter.ndim > 1;
}
