import { statSync } from 'node:fs';
import { InputError } from '../../errors';
import { Coco, openCocoFiles } from './coco';
import { otherCocoFiles, usualCocoFiles } from './coco-layout';
import type { DetectionData } from './dataset';
import { openFileTrees, type FileTree } from './files';
import { nearestLayout } from './nearest-layout';
import { findVoc } from './voc';
import type { TreeFile } from './voc-layout';

/**
 * Opens a dataset for detection in VOC's layout or in COCO's format, whichever is there: a folder, an archive, or one
 * instances file.
 * @param images folder or archive of a COCO file's images, where they do not lie beside it
 * @throws InputError when there is neither, with what there is
 */
export async function openDetectionData(path: string, images?: string): Promise<DetectionData> {
  if (/\.json$/i.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile())
    return openCocoFiles([path], images);
  const trees = openFileTrees(path);
  try {
    const usual = usualCocoFiles(trees);
    const data = usual.size > 0 || images !== undefined ? undefined : findVoc(path, trees);
    if (data) return data;
    const files = usual.size > 0 ? usual : await otherCocoFiles(trees);
    if (files.size > 0) return openCoco(path, trees, files, images);
    throw new InputError(await nearestLayout(path, trees));
  } catch (error) {
    for (const tree of trees) tree.close();
    throw error;
  }
}

function openCoco(
  path: string,
  trees: readonly FileTree[],
  files: ReadonlyMap<string, TreeFile>,
  images: string | undefined,
): Coco {
  const imageTrees = images === undefined ? trees : openFileTrees(images);
  return new Coco({ path, files, trees: imageTrees, opened: images === undefined ? trees : [...trees, ...imageTrees] });
}
