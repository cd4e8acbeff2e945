/** torchvision.utils: grids of images, and what is drawn on them. */
export type { ColourLike } from './colours';
export {
  drawBoundingBoxes,
  drawKeypoints,
  drawSegmentationMasks,
  type DrawBoxesOptions,
  type DrawKeypointsOptions,
  type DrawMasksOptions,
} from './draw';
export { makeGrid, saveImage, type GridOptions, type SaveImageOptions } from './grid';
