import { readFileSync } from 'node:fs';
import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { DetrConfig } from './config';
import { DetrForObjectDetection } from './detection';
import { labelSpaceOf } from './label-space';
import cocoToVocFile from './labels/coco-to-voc.json';

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
    throw new InputError(`${path}: expected a class map in JSON, found none (${(error as Error).message}).`, { cause: error });
  }
  const { noObject, classes } = { ...(content as Partial<ClassMap>) };
  const isEntry = (entry: Partial<ClassMap['classes'][number]>): boolean =>
    typeof entry?.name === 'string' && typeof entry.from === 'string' && Number.isInteger(entry.row) && entry.row! >= 0;
  if (!Number.isInteger(noObject) || !Array.isArray(classes) || classes.length === 0 || !classes.every(isEntry)) {
    throw new InputError(`${path}: expected { "noObject": row, "classes": [{ "name", "from", "row" }, …] }, found something else.`);
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
  const config = DetrConfig.fromJSON(model.config.toJSON(), { id2label: map.classes.map(({ name }) => name) });
  return torch.scope(() => {
    const mapped = new DetrForObjectDetection(config, { device: 'meta' });
    const rows = torch.tensor([...map.classes.map(({ row }) => row), map.noObject], { dtype: 'int64', device: model.class_labels_classifier.weight.device });
    const pick = (key: string, tensor: Tensor): Tensor => (key.startsWith('class_labels_classifier.') ? tensor.indexSelect(0, rows) : tensor);
    const state = Object.entries(model.stateDict()).map(([key, tensor]) => [key, pick(key, tensor)]);
    mapped.loadStateDict(Object.fromEntries(state) as Record<string, Tensor>, { assign: true });
    const trains = new Map(model.namedParameters());
    for (const [key, parameter] of mapped.namedParameters()) parameter.requiresGrad_(trains.get(key)!.requiresGrad);
    return mapped.train(model.training);
  });
}

function checkMap({ config }: DetrForObjectDetection, { noObject, classes }: ClassMap): void {
  const { names } = labelSpaceOf(config);
  if (noObject !== names.length) {
    throw new InputError(`The class map is for a detector whose row ${noObject} says "no object", found one where it is row ${names.length}.`);
  }
  // Files without names have LABEL_0, LABEL_1, …: there the count has to do.
  const wrong = classes.find(({ from, row }) => names[row] !== from && names[row] !== `LABEL_${row}`);
  if (wrong) throw new InputError(`The class map expects row ${wrong.row} to be ${wrong.from}, found ${names[wrong.row] ?? 'no such row'}; it is for another detector.`);
}
