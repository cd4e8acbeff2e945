import type { Split } from './lists';

/** What the official CelebA holds, from its README and torchvision's `celeba.py`. */
export const expectedCounts = {
  images: 202_599,
  splits: { train: 162_770, val: 19_867, test: 19_962 } satisfies Record<Split, number>,
  /** MD5 by file name. */
  md5: {
    'img_align_celeba.zip': '00d2c5bc6d35e252742224ab0c1e8fcb',
    'list_attr_celeba.txt': '75e246fa4810816ffd6ee81facbd244c',
    'list_eval_partition.txt': 'd32c9cbf5e040fd4025c592c306e6668',
    'identity_CelebA.txt': '32bd1bd63d3c78cd57e08160ec5ed1e2',
    'list_bbox_celeba.txt': '00566efa6fedff7a56946cd1c10f1c16',
    'list_landmarks_align_celeba.txt': 'cc24ecafdb5b50baae59b03474781f8c',
  } as Readonly<Record<string, string>>,
} as const;
