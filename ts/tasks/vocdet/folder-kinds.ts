/** What the names of folders and files say of their content, as tools and hubs call them. */

const ANNOTATION_FOLDER = /^(annotations?|annots?|xmls?|labels?|bbox(es)?)$/i;
const IMAGE_FOLDER = /^(jpe?gimages?|images?|imgs?|images?|photos?|pics?)$/i;
const MASK_FOLDER = /^(segmentation\w*|\w*masks?)$/i;

/** Endings of files that are images. */
export const IMAGE_ENDING = /\.(jpe?g|jfif|png|webp|bmp|tiff?|gif|avif)$/i;
/** Endings of annotations in VOC's format. */
export const ANNOTATION_ENDING = /\.xml$/i;

export const isAnnotationFolder = (name: string): boolean => ANNOTATION_FOLDER.test(name);
export const isImageFolder = (name: string): boolean => IMAGE_FOLDER.test(name);
export const isMaskFolder = (name: string): boolean => MASK_FOLDER.test(name);

/** Whether a folder's name says nothing but which kind of file lies in it. */
export function isKindOfFile(folder: string): boolean {
  return isAnnotationFolder(folder) || isImageFolder(folder);
}

/** The folders that a name of a file begins with. */
export function foldersOf(name: string): string[] {
  return name.split('/').slice(0, -1);
}
