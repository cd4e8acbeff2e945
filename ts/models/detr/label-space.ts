import { InputError } from '../../errors';
import type { DetrConfig } from './config';
import type { DetrForObjectDetection } from './detection';
import coco from './labels/coco.json';

/**
 * What the class numbers of a data set, a detector and its evaluation mean: class `k` is `names[k]`, and the number behind
 * the last class says that there is no object. `Name` is known to the compiler where the classes are.
 */
export interface LabelSpace<Name extends string = string> {
  readonly names: readonly Name[];
  readonly noObject: number;
}

/** Category names of COCO by category number, which are the class numbers of the published detectors; N/A where a number has none. */
export const cocoNames: readonly string[] = coco.names;

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
