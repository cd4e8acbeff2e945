/** What the classes of a detector mean, and how one detector's become another's. */
import { readFileSync } from 'node:fs';
import { InputError } from '../../errors';
import { show } from '../../options';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { withConfig } from '../pretrained';
import type { DetrConfig } from './config';
import cocoToVocFile from './classes/coco-to-voc.json';
import type { DetrForObjectDetection } from './model';

/**
 * What the class numbers of a data set, a detector and its evaluation mean: class `k` is `names[k]`, and the number behind
 * the last class says that there is no object. `Name` is known to the compiler where the classes are.
 */
export interface LabelSpace<Name extends string = string> {
  readonly names: readonly Name[];
  readonly noObject: number;
}

/**
 * The classes of a detector, from the names in its configuration.
 * @throws InputError when the numbers of `id2label` leave one out, so that "no object" would not be the last
 */
export function labelSpaceOf({ id2label }: Pick<DetrConfig, 'id2label'>, label = 'The model'): LabelSpace {
  const ids = Object.keys(id2label)
    .map(Number)
    .sort((a, b) => a - b);
  const gap = ids.findIndex((id, index) => id !== index);
  if (gap !== -1)
    throw new InputError(
      `${label}: expected id2label to name every class from 0 to ${ids.at(-1)!}, found no name for ${gap}.`,
    );
  return { names: ids.map((id) => id2label[id]!), noObject: ids.length };
}

/** A detector whose classes were checked to be those of a label space. */
export type Labelled<Name extends string> = DetrForObjectDetection & { readonly labelSpace?: LabelSpace<Name> };

/**
 * The same detector, known to detect these classes: what takes a detector and data of one label space can then ask for both.
 * @throws InputError that names the first class that differs
 */
export function labelled<Name extends string>(
  model: DetrForObjectDetection,
  classes: LabelSpace<Name>,
  label = 'The model',
): Labelled<Name> {
  requireLabels(labelSpaceOf(model.config, label), classes, label);
  return model;
}

/**
 * Makes sure that two label spaces are the same.
 * @param label whose classes `found` are
 * @throws InputError that names the first class that differs
 */
export function requireLabels(found: LabelSpace, expected: LabelSpace, label = 'The model'): void {
  const longest = Math.max(found.names.length, expected.names.length);
  const first = Array.from({ length: longest }, (_, id) => id).find((id) => found.names[id] !== expected.names[id]);
  if (first !== undefined) {
    const name = ({ names }: LabelSpace): string => (first < names.length ? names[first]! : 'no class');
    throw new InputError(
      `${label} detects other classes: expected class ${first} to be ${name(expected)}, found ${name(found)} ` +
        `(${expected.names.length} classes expected, ${found.names.length} found); map or retrain its class head.`,
    );
  }
  if (found.noObject !== expected.noObject) {
    throw new InputError(`${label} has "no object" as number ${found.noObject}, expected ${expected.noObject}.`);
  }
}

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
      `${path}: expected { "noObject": row, "classes": [{ "name", "from", "row" }, …] }, found ${show(content)}.`,
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
      if (row !== null) return;
      const drawn = taken.select(0, index); // (D) or ()
      if (key.endsWith('bias')) drawn.zero_();
      else drawn.normal_(0, model.config.initStd);
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
