/** torchvision.ops: boxes as tensors, suppression, pooling of regions. */
export {
  boxArea,
  boxConvert,
  boxIou,
  clipBoxesToImage,
  completeBoxIou,
  distanceBoxIou,
  generalizedBoxIou,
  masksToBoxes,
  removeSmallBoxes,
} from './boxes';
export { sigmoidFocalLoss, type FocalLossOptions } from './focal-loss';
export { batchedNms, nms } from './nms';
export { roiAlign, type RoiAlignOptions } from './roi-align';
export { roiPool, type RoiPoolOptions } from './roi-pool';
