import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../../ts/vision/steps';
import { goldenFolder } from './golden';

/** What scripts/golden/detection_transforms.py writes. */
export interface DetectionGolden {
  /** Width, height, shortest edge, longest edge, then width and height of the original authors and of transformers. */
  readonly sizes: readonly (readonly [number, number, number, number | null, number, number, number, number])[];
  readonly boxes: readonly {
    readonly size: readonly [number, number];
    readonly boxes: readonly (readonly number[])[];
    readonly steps: readonly Step[];
    readonly after: readonly [number, number];
    readonly kept: readonly number[];
    /** Of those kept: centre and size, relative to the image. */
    readonly targets: readonly (readonly number[])[];
  }[];
  readonly config: Readonly<Record<string, unknown>>;
}

export const detectionGolden = JSON.parse(
  readFileSync(join(goldenFolder, 'detection-transforms.json'), 'utf8'),
) as DetectionGolden;
