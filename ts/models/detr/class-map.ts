import { readFileSync } from 'node:fs';
import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { DetrForObjectDetection } from './detection';
import { labelSpaceOf } from './label-space';
import cocoToVocFile from './labels/coco-to-voc.json';
import { withConfig } from './with-config';

/** Where the classes of one detector are found in the class head of another. */
export interface ClassMap<Name extends string = string> {
  readonly description?: string;
  /** The row that says there is no object; behind all classes. */
  readonly noObject: number;
  /** One entry for each class of the new detector, in order. */
  readonly classes: readonly {
    readonly name: Name;
    /** What the old detector calls it. */
    readonly from: string;
    /** The row of the old class head. */
    readonly row: number;
  }[];
}

/** The classes of Pascal VOC in a detector trained on COCO; all of them are classes of COCO too. */
export const cocoToVoc: ClassMap = cocoToVocFile;

/**
 * Reads a map from a JSON file of the same form.
 * @throws InputError that names the file and what is wrong in it
 */
export function readClassMap(path: string): ClassMap {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InputError(`${path}: expected a class map in JSON, found none (${(error as Error).message}).`, {
      cause: error,
    });
  }
  const { noObject, classes } = { ...(content as Partial<ClassMap>) };
  const isEntry = (entry: Partial<ClassMap['classes'][number]>): boolean =>
    typeof entry?.name === 'string' && typeof entry.from === 'string' && Number.isInteger(entry.row) && entry.row! >= 0;
  if (!Number.isInteger(noObject) || !Array.isArray(classes) || classes.length === 0 || !classes.every(isEntry)) {
    throw new InputError(
      `${path}: expected { "noObject": row, "classes": [{ "name", "from", "row" }, …] }, found something else.`,
    );
  }
  return content as ClassMap;
}

/**
 * A detector of the map's classes that shares all weights with `model` but those of the class head, whose rows are copied: it
 * detects the classes at once, as well as `model` does.
 * @throws InputError when the map was not made for the classes of this model
 */
export function mapClasses(model: DetrForObjectDetection, map: ClassMap): DetrForObjectDetection {
  checkMap(model, map);
  const rows = [...map.classes.map(({ row }) => row), map.noObject];
  return withClassRows(
    model,
    map.classes.map(({ name }) => name),
    rows,
  );
}

/**
 * A detector of the named classes that shares all weights with `model` but those of the class head.
 * @param rows for each class, and then for "no object", the row of the old class head that is copied; null for random weights
 */
export function withClassRows(
  model: DetrForObjectDetection,
  names: readonly string[],
  rows: readonly (number | null)[],
): DetrForObjectDetection {
  const { device } = model.class_labels_classifier.weight;
  const pick = (key: string, tensor: Tensor): Tensor => {
    if (!key.startsWith('class_labels_classifier.')) return tensor;
    const taken = tensor.indexSelect(
      0,
      torch.tensor(
        rows.map((row) => row ?? 0),
        { dtype: 'int64', device },
      ),
    ); // (K' + 1, D) or (K' + 1)
    rows.forEach((row, index) => {
      if (row === null) taken.select(0, index).normal_(0, key.endsWith('bias') ? 0 : model.config.initStd);
    });
    return taken;
  };
  return torch.noGrad(() => withConfig(model, { id2label: names }, pick));
}

function checkMap({ config }: DetrForObjectDetection, { noObject, classes }: ClassMap): void {
  const { names } = labelSpaceOf(config);
  if (noObject !== names.length) {
    throw new InputError(
      `The class map is for a detector whose row ${noObject} says "no object", found one where it is row ${names.length}.`,
    );
  }
  // Files without names have LABEL_0, LABEL_1, …: there the count has to do.
  const wrong = classes.find(({ from, row }) => names[row] !== from && names[row] !== `LABEL_${row}`);
  if (wrong)
    throw new InputError(
      `The class map expects row ${wrong.row} to be ${wrong.from}, found ${names[wrong.row] ?? 'no such row'}; it is for another detector.`,
    );
}
