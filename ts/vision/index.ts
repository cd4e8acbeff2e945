/** torch.vision: pictures in, pixels as the models want them out. */
export { decodeImage, type DecodeOptions, type RgbImage } from './image';
export { ImageProcessor } from './processor';
export type { ProcessorOptions } from './processor-config';
