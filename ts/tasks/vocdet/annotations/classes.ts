import { InputError } from '../../../errors';
import type { LabelSpace } from '../../../models/detr';
import { fold } from './name-index';

/** The classes of Pascal VOC, in the order in which the challenge numbers them. */
export const vocNames = [
  'aeroplane',
  'bicycle',
  'bird',
  'boat',
  'bottle',
  'bus',
  'car',
  'cat',
  'chair',
  'cow',
  'diningtable',
  'dog',
  'horse',
  'motorbike',
  'person',
  'pottedplant',
  'sheep',
  'sofa',
  'train',
  'tvmonitor',
] as const;

export type VocName = (typeof vocNames)[number];

/** The classes of a dataset, in the order of their numbers. Data, detector and evaluator that belong together have one list. */
export class ClassList<Name extends string = string> implements LabelSpace<Name> {
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws InputError when there is no name, an empty one, or one twice */
  constructor(
    readonly names: readonly Name[],
    label = 'The class list',
  ) {
    this.#ids = new Map(names.map((name, id) => [name, id]));
    if (names.length === 0) throw new InputError(`${label}: expected at least one class, found none.`);
    if (names.some((name) => name.trim() === ''))
      throw new InputError(`${label}: expected every class to have a name, found an empty one.`);
    const twice = names.find((name, id) => this.#ids.get(name) !== id);
    if (twice !== undefined) throw new InputError(`${label}: expected every class once, found ${twice} twice.`);
  }

  get length(): number {
    return this.names.length;
  }

  /** The output of a detector that says there is nothing; always behind the classes. */
  get noObject(): number {
    return this.names.length;
  }

  /** The number of a class; undefined for a name that is not in the list. */
  idOf(name: string): number | undefined {
    return this.#ids.get(name);
  }
}

export const vocClasses = new ClassList(vocNames, 'Pascal VOC');

/** Pairs of names that differ in case, blanks, hyphens or underscores only. */
export function alikeNames(names: readonly string[]): [string, string][] {
  const folded = (name: string) => fold(name).replace(/[-_\s]/g, '');
  return names.flatMap((one, at) =>
    names
      .slice(at + 1)
      .filter((other) => folded(one) === folded(other))
      .map((other): [string, string] => [one, other]),
  );
}

/** The list for names found in data: in VOC's order when all of them are VOC's, else in that of the alphabet. */
export function classesOf(found: Iterable<string>, label: string): ClassList {
  const names = new Set(found);
  const ofVoc = vocNames.filter((name) => names.has(name));
  return new ClassList(ofVoc.length === names.size ? ofVoc : [...names].sort(), label);
}
