/**
 * Where a ViT looks for one of its answers: "Generic Attention-model Explainability" (Chefer, Gur and Wolf,
 * ICCV 2021, arXiv 2103.15679), the rule for self-attention. Each layer's attention counts as far as more of it
 * would raise the answer, and what a token has gathered flows on to those that attend to it.
 *
 * Shapes: N tokens (the class token first), D width, nh heads of width hd.
 */
import type { ViTForImageClassification } from '../../models';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { HeatMap } from '../montage';

/**
 * Relevance of each patch, one map for each of the answers.
 * @param pixelValues (1, C, H, W)
 * @param predictions numbers of the outputs
 */
export function relevanceMaps(
  model: ViTForImageClassification,
  pixelValues: Tensor,
  predictions: readonly number[],
): HeatMap[] {
  const [rows, columns] = model.config.grid;
  return torch.enableGrad(() =>
    torch.scoped(() => {
      const { logits, attentions } = forwardWithAttention(model, pixelValues);
      return predictions.map((prediction) => {
        const gradients = torch.autograd.grad([logits.index(0, prediction)], attentions, {
          retainGraph: true,
        }) as Tensor[];
        return { rows, columns, values: normalise(rollOut(attentions, gradients)) };
      });
    }),
  );
}

/** The model's forward pass with attention written out: logits (1, K), and for each layer weights (1, nh, N, N). */
export function forwardWithAttention(
  model: ViTForImageClassification,
  pixelValues: Tensor,
): { logits: Tensor; attentions: Tensor[] } {
  const { vit, classifier, config } = model;
  const attentions: Tensor[] = [];
  let tokens = vit.embeddings.forward(pixelValues, false);
  for (const layer of vit.encoder.layer) {
    const { attention, output } = layer.attention;
    const normed = layer.layernorm_before.forward(tokens);
    const heads = (projected: Tensor) =>
      projected.view([1, -1, config.numAttentionHeads, config.headWidth]).transpose(1, 2); // (1, N, nh hd) -> (1, nh, N, hd)
    const [query, key, value] = [attention.query, attention.key, attention.value].map((linear) =>
      heads(linear.forward(normed)),
    ) as [Tensor, Tensor, Tensor];
    const weights = torch.softmax(query.matmul(key.transpose(2, 3)).mul(config.headWidth ** -0.5), -1); // (1, nh, N, N)
    attentions.push(weights);
    const mixed = weights.matmul(value).transpose(1, 2).flatten(2); // (1, nh, N, hd) -> (1, N, nh hd)
    const attended = output.forward(mixed).add(tokens);
    tokens = layer.output.forward(layer.intermediate.forward(layer.layernorm_after.forward(attended))).add(attended);
  }
  return { logits: classifier.forward(vit.layernorm.forward(tokens).select(1, 0)), attentions }; // (1, N, D) -> (1, D) -> (1, K)
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
