/** torch.vision: images in, pixels as the models want them out. */
export { decodeImage, type DecodeOptions, type RgbImage } from './image';
export { ImageProcessor } from './processor';
export type { ProcessorOptions } from './processor-config';
export { DetectionProcessor, type PaddedBatch } from './detection-processor';
export type { DetectionProcessorOptions } from './detection-processor-config';
export {
  boxAreas,
  boxes,
  clipBoxes,
  cxcywhToXyxy,
  mirrorBoxes,
  scaleBoxes,
  translateBoxes,
  xywhToXyxy,
  xyxyToCxcywh,
  xyxyToXywh,
  type BoxFormat,
  type Boxes,
  type Extent,
} from './boxes';
export * as ops from './ops';
export * as utils from './utils';
