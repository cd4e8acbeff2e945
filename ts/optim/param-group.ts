import type { Tensor } from '../tensor';

/** Parameters that one set of options holds for. */
export interface ParamGroup {
  params: Tensor[];
  /** Learning rate. */
  lr: number;
  /** Factor of the decay towards zero. */
  weightDecay: number;
  /** Climb instead of descending. */
  maximize: boolean;
  /** Step by libtorch's fused kernel; null where the device has one. */
  fused: boolean | null;
  /** Set by schedulers: the learning rate that they scale. */
  initialLr?: number;
  /** Set by `OneCycleLR`. */
  maxLr?: number;
  /** Set by `OneCycleLR`. */
  minLr?: number;
  /** Set by `OneCycleLR`. */
  maxMomentum?: number;
  /** Set by `OneCycleLR`. */
  baseMomentum?: number;
  /** Of SGD. */
  momentum?: number;
  /** Of Adam and AdamW. */
  betas?: readonly [number, number];
}

/** What a group may leave to the defaults: everything but its parameters. */
export type GroupInput<G extends ParamGroup> = Partial<Omit<G, 'params'>> & { readonly params: Tensor | Iterable<Tensor> };

/** Parameters, or groups of them with options of their own. */
export type ParamsInput<G extends ParamGroup> = Iterable<Tensor> | Iterable<GroupInput<G>>;
