import { sigmoid } from './metrics';

/** What the model says of one attribute of one image. */
export interface Prediction {
  readonly attribute: string;
  /** Of a yes. */
  readonly probability: number;
  /** What the dataset says, where it is known. */
  readonly label?: boolean;
}

/** One row of logits as answers, in the order of the attributes. */
export function predictionsOf(attributes: readonly string[], logits: Float32Array, labels?: Uint8Array): Prediction[] {
  return attributes.map((attribute, k) => ({
    attribute,
    probability: sigmoid(logits[k]!),
    ...(labels && { label: labels[k] === 1 }),
  }));
}
