import { init } from '../../nn';
import * as torch from '../../tensor';
import type { DetrForObjectDetection } from './detection';

/**
 * Gives everything behind the backbone the starting values of the authors' code (facebookresearch/detr: Xavier's uniform for
 * the matrices of the transformer, a standard normal for the queries, PyTorch's defaults for projection and heads).
 * transformers starts all of it from small normal numbers, from which the queries take long to become different.
 */
export function initializeAsPaper({ model, class_labels_classifier, bbox_predictor }: DetrForObjectDetection): void {
  torch.noGrad(() => {
    for (const layer of [model.input_projection, class_labels_classifier, ...bbox_predictor.layers])
      layer.resetParameters();
    for (const part of [model.encoder, model.decoder]) {
      for (const parameter of part.parameters()) if (parameter.ndim > 1) init.xavierUniform_(parameter);
    }
    init.normal_(model.query_position_embeddings.weight, 0, 1);
  });
}
