/** What models that classify images take, give and learn by. */
import { InputError, ShapeError } from '../errors';
import { functional } from '../nn';
import type { Tensor } from '../tensor';
import type { PretrainedConfig, ProblemType } from './config';
import type { OutputOptions } from './forward';
import type { PretrainedModel } from './pretrained';

/** What every model that classifies images takes. */
export interface ClassificationInput extends OutputOptions {
  /** (B, C, H, W), normalised as the checkpoint's preprocessor_config.json says. */
  readonly pixelValues: Tensor;
  /** Class numbers (B), or for several labels at once 1 or 0 for each (B, K); `config.problemType` says which. */
  readonly labels?: Tensor;
}

/** What every model that classifies images gives. */
export interface ClassificationOutput {
  /** (B, K) */
  readonly logits: Tensor;
  /** A number, when labels were given. */
  readonly loss?: Tensor;
  /** With `outputHiddenStates`, where the model has layers that give them: (B, N, D) for N tokens, first the embeddings, then by layer. */
  readonly hiddenStates?: readonly Tensor[];
  /** With `outputAttentions`, where the model has attention: (B, nh, N, N) for N tokens, by layer. */
  readonly attentions?: readonly Tensor[];
}

/** A model that classifies images, whatever its kind. */
export type ImageClassificationModel = PretrainedModel & { forward(input: ClassificationInput): ClassificationOutput };

/**
 * The loss of a classifier, by the rules of transformers (loss_utils.py): that of `config.problemType`. Where it is not set, the
 * first labels set it: for one output a regression, for integers class numbers, for anything else 1 or 0 for each label.
 *
 * @param logits (B, K)
 * @param labels class numbers (B); for several labels at once, or a regression of several numbers, (B, K)
 * @returns a number; `config.problemType` is set from then on
 * @throws ShapeError, InputError when the labels are not those of the problem
 */
export function classificationLoss(logits: Tensor, labels: Tensor, config: PretrainedConfig): Tensor {
  const problemType = config.problemType ?? inferProblemType(labels, config.numLabels);
  const loss = losses[problemType](logits, labels.to(logits.device));
  config.problemType = problemType; // only now: labels that are refused decide nothing
  return loss;
}

function inferProblemType(labels: Tensor, numLabels: number): ProblemType {
  if (numLabels === 1) return 'regression';
  return labels.dtype === 'int64' || labels.dtype === 'int32'
    ? 'single_label_classification'
    : 'multi_label_classification';
}

const losses: Readonly<Record<ProblemType, (logits: Tensor, labels: Tensor) => Tensor>> = {
  regression: (logits, labels) => {
    const [batch, outputs] = logits.shape as [number, number];
    const targets = outputs === 1 ? onePerImage(labels, batch, 'regression').unsqueeze(1) : labels; // (B) -> (B, 1)
    requireShape(targets, logits.shape, 'regression');
    return functional.mseLoss(logits, targets.to(logits.dtype));
  },
  single_label_classification: (logits, labels) => {
    if (!/^u?int/.test(labels.dtype)) {
      throw new InputError(
        `labels: expected class numbers (int64) for single_label_classification, found ${labels.dtype}.`,
      );
    }
    const classes = onePerImage(labels, logits.shape[0]!, 'single_label_classification');
    return functional.crossEntropy(logits, classes.to('int64'));
  },
  multi_label_classification: (logits, labels) => {
    requireShape(labels, logits.shape, 'multi_label_classification');
    return functional.binaryCrossEntropyWithLogits(logits, labels.to(logits.dtype));
  },
};

/** (B) or (B, 1) -> (B) */
function onePerImage(labels: Tensor, batch: number, problem: ProblemType): Tensor {
  if (labels.numel() !== batch) requireShape(labels, [batch], problem);
  return labels.flatten();
}

function requireShape({ shape }: Tensor, expected: readonly number[], problem: ProblemType): void {
  if (shape.join() === expected.join()) return;
  throw new ShapeError(`labels: expected [${expected.join(', ')}] for ${problem}, found [${shape.join(', ')}].`);
}
