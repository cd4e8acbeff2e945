/** The losses as modules. */
export { BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, NLLLoss } from './classification';
export { CTCLoss, GaussianNLLLoss, KLDivLoss, PoissonNLLLoss } from './distribution';
export {
  CosineEmbeddingLoss,
  HingeEmbeddingLoss,
  MarginRankingLoss,
  MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss,
  MultiMarginLoss,
  SoftMarginLoss,
  TripletMarginLoss,
  TripletMarginWithDistanceLoss,
} from './margin';
export {
  HuberLoss,
  L1Loss,
  MSELoss,
  SmoothL1Loss,
  type HuberLossOptions,
  type SmoothL1LossOptions,
} from './regression';
