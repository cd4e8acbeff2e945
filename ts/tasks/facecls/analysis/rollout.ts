/**
 * What a Vision Transformer has looked at, whatever it says: attention rollout ("Quantifying Attention Flow in Transformers",
 * Abnar and Zuidema, ACL 2020, arXiv 2005.00928). The attention of a layer is the mean of its heads, half of it for the skip
 * connection; the layers are multiplied. Unlike `relevanceMaps` it knows no attribute.
 */
import type { ImageClassificationModel } from '../../../models';
import * as torch from '../../../tensor';
import type { Tensor } from '../../../tensor';
import type { HeatMap } from '../../montage';
import { gridOf } from '../relevance';

/**
 * The share of each patch in what reaches the class token, the largest 1.
 * @param pixelValues (1, C, H, W)
 * @throws InputError for a model that has no attention between a class token and patches
 */
export function attentionRollout(model: ImageClassificationModel, pixelValues: Tensor): HeatMap {
  return torch.noGrad(() =>
    torch.scoped(() => {
      const { attentions = [] } = model.forward({ pixelValues, outputAttentions: true });
      const [rows, columns] = gridOf(model, attentions);
      const shares = rollOut(attentions.map((attention) => attention.select(0, 0).mean([0]))); // (1, nh, N, N) -> (N, N)
      const patches = shares
        .select(0, 0)
        .narrow(0, 1, rows * columns) // without the class token
        .to('cpu')
        .data() as Float32Array;
      const largest = patches.reduce((most, value) => Math.max(most, value), 0);
      return { rows, columns, values: patches.map((value) => value / largest) };
    }),
  );
}

/** Product of the layers' attentions (N, N), each mixed half and half with what a token keeps of itself. */
export function rollOut(attentions: readonly Tensor[]): Tensor {
  const [tokens] = attentions[0]!.shape;
  const self = torch.eye(tokens!, { device: attentions[0]!.device });
  return attentions.reduce((gathered, attention) => attention.add(self).div(2).matmul(gathered), self);
}
