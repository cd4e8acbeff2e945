/** What the names of splits, folders and files say, as tools and hubs call them. */

/** What a split is for, by its name: `2007/val`, `val2017` and `valid` are all to validate. */
export type SplitRole = 'train' | 'val' | 'trainval' | 'test';

const NAME =
  /^(trainval|train|val|test|dev)(id|idation|idate|ing|s)?[-_. ]?(set|split|data|images?|imgs?|zip|annotations?|labels?)?[-_]?\d*$/i;

/** Undefined for a name that does not say it. */
export function roleOf(split: string): SplitRole | undefined {
  const role = NAME.exec(split.replace(/^.*\//, ''))?.[1]?.toLowerCase();
  return role === 'dev' ? 'val' : (role as SplitRole | undefined);
}

/** Whether two splits should have no image in common: train and test, say, but not train and trainval. */
export function shouldDiffer(one: string, other: string): boolean {
  const roles = [roleOf(one), roleOf(other)];
  if (roles.includes(undefined) || roles[0] === roles[1]) return false;
  return !roles.includes('trainval') || roles.includes('test');
}

/** The splits of a dataset for each use, those of several years joined; undefined where there is none. No image is in two of them. */
export function usualSplits(splits: readonly string[]): Partial<Record<'train' | 'val' | 'test', string>> {
  const joined = (role: SplitRole) => splits.filter((split) => roleOf(split) === role).join('+') || undefined;
  return { train: joined('train'), val: joined('val'), test: joined('test') };
}

export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

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
