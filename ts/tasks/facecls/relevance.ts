/**
 * Where a transformer looks for one of its predictions: "Generic Attention-model Explainability" (Chefer, Gur and Wolf,
 * ICCV 2021, arXiv 2103.15679), the rule for self-attention. Each layer's attention counts as far as more of it
 * would raise the prediction, and what a token has gathered flows on to those that attend to it.
 *
 * Shapes: N tokens (the class token first), nh heads.
 */
import { InputError } from '../../errors';
import type { ImageClassificationModel } from '../../models';
import { patchGrid, type ImageSize } from '../../models/fields';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { HeatMap } from '../montage';

/**
 * Relevance of each patch, one map for each of the predictions.
 * @param pixelValues (1, C, H, W)
 * @param predictions numbers of the outputs
 * @throws InputError for a model that has no attention between a class token and patches
 */
export function relevanceMaps(
  model: ImageClassificationModel,
  pixelValues: Tensor,
  predictions: readonly number[],
): HeatMap[] {
  return torch.enableGrad(() =>
    torch.scoped(() => {
      const { logits, attentions = [] } = model.forward({ pixelValues, outputAttentions: true });
      const [rows, columns] = gridOf(model, attentions);
      return predictions.map((prediction) => {
        const gradients = torch.autograd.grad([logits.index(0, prediction)], [...attentions], {
          retainGraph: true,
        }) as Tensor[];
        return { rows, columns, values: normalise(rollOut(attentions, gradients)) };
      });
    }),
  );
}

/** Rows and columns of the patches that the tokens behind the first stand for. */
export function gridOf({ config }: ImageClassificationModel, attentions: readonly Tensor[]): readonly [number, number] {
  const { imageSize, patchSize } = config as { imageSize?: ImageSize; patchSize?: ImageSize };
  const grid = imageSize && patchSize ? patchGrid({ imageSize, patchSize }) : ([0, 0] as const);
  if (attentions[0]?.shape.at(-1) === 1 + grid[0] * grid[1]) return grid;
  throw new InputError(
    `Expected a model with attention between a class token and the patches of an image, found one of model_type ${config.modelType}; only such models show what they look at.`,
  );
}

/** What the class token has gathered of each patch: (N - 1). */
function rollOut(attentions: readonly Tensor[], gradients: readonly Tensor[]): Float32Array {
  return torch.noGrad(() =>
    torch.scoped(() => {
      const [, , tokens] = attentions[0]!.shape;
      let gathered = torch.eye(tokens!, { device: attentions[0]!.device });
      attentions.forEach((attention, i) => {
        const flow = attention.mul(gradients[i]!).clampMin(0).mean([0, 1]); // (1, nh, N, N) -> (N, N)
        gathered = gathered.add(flow.matmul(gathered));
      });
      return gathered
        .select(0, 0)
        .narrow(0, 1, tokens! - 1)
        .to('cpu')
        .data() as Float32Array;
    }),
  );
}

function normalise(values: Float32Array): Float32Array {
  const largest = Math.max(...values, Number.MIN_VALUE);
  return values.map((value) => value / largest);
}
