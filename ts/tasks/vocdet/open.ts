import { isCoco, openCoco } from './coco';
import type { DetectionData } from './dataset';
import { openVoc } from './voc';

/**
 * Opens a dataset for detection in VOC's layout or in COCO's format, whichever is there.
 * @param images folder or archive of a COCO file's pictures, where they do not lie beside it
 * @throws InputError when there is neither
 */
export function openDetectionData(path: string, images?: string): DetectionData {
  return images !== undefined || isCoco(path) ? openCoco(path, images) : openVoc(path);
}
