/** What the official Pascal VOC holds: from its own pages and torchvision's `voc.py`, counted again in its annotations. */

export type VocYear = '2007' | '2012';

export interface VocArchive {
  readonly name: string;
  readonly md5: string;
  /** Tried in this order. */
  readonly urls: readonly string[];
}

export interface VocRelease {
  readonly images: number;
  /** Objects that are not marked difficult. */
  readonly objects: number;
}

const host = 'http://host.robots.ox.ac.uk/pascal/VOC';
const mirror = 'http://pjreddie.com/media/files';

function archive(name: string, folder: string, md5: string): VocArchive {
  return { name, md5, urls: [`${host}/${folder}/${name}`, `${mirror}/${name}`] };
}

export const vocArchives: Readonly<Record<VocYear, readonly VocArchive[]>> = {
  2007: [
    archive('VOCtrainval_06-Nov-2007.tar', 'voc2007', 'c52e279531787972c589f7e41ab4ae64'),
    archive('VOCtest_06-Nov-2007.tar', 'voc2007', 'b6e924de25625d8de591ea690078ad9f'),
  ],
  // The annotations of its test set were never published.
  2012: [archive('VOCtrainval_11-May-2012.tar', 'voc2012', '6cd6e144f989b92b3379bac3b3de84fd')],
};

/** By split. */
export const vocReleases: Readonly<Record<string, VocRelease>> = {
  '2007/train': { images: 2501, objects: 6301 },
  '2007/val': { images: 2510, objects: 6307 },
  '2007/trainval': { images: 5011, objects: 12_608 },
  '2007/test': { images: 4952, objects: 12_032 },
  '2012/train': { images: 5717, objects: 13_609 },
  '2012/val': { images: 5823, objects: 13_841 },
  '2012/trainval': { images: 11_540, objects: 27_450 },
};
