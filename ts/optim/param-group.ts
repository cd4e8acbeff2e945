import type { Tensor } from '../tensor';

/** Parameters that one set of options holds for. */
export interface ParamGroup {
  params: Tensor[];
  /** Learning rate. */
  lr: number;
  /** Set by schedulers: the learning rate that they scale. */
  initialLr?: number;
  /** Set by `OneCycleLR`. */
  maxLr?: number;
  /** Set by `OneCycleLR`. */
  minLr?: number;
  /** Set by `OneCycleLR` and `CyclicLR`. */
  maxMomentum?: number;
  /** Set by `OneCycleLR` and `CyclicLR`. */
  baseMomentum?: number;
  /** Set by `SWALR`. */
  swaLr?: number;
  /** Of SGD, RMSprop and Muon. */
  momentum?: number;
  /** Of Adam and its kin. */
  betas?: readonly [number, number];
}

/** The options that schedulers add to a group; a saved group may have them. */
export const schedulerOptions: readonly string[] = [
  'initialLr',
  'maxLr',
  'minLr',
  'maxMomentum',
  'baseMomentum',
  'swaLr',
];

/** What a group may leave to the defaults: everything but its parameters. */
export type GroupInput<G extends ParamGroup> = Partial<Omit<G, 'params'>> & {
  readonly params: Tensor | Iterable<Tensor>;
};

/** Parameters, or groups of them with options of their own. */
export type ParamsInput<G extends ParamGroup> = Iterable<Tensor> | Iterable<GroupInput<G>>;
