import { InputError } from '../errors';

/** What the outputs of a classifier stand for: names by number. */
export type Labels = Readonly<Record<number, string>>;

/** Fifty times the classes of ImageNet-21k: more only fill the memory with names. */
const MOST_LABELS = 1_000_000;

export interface LabelOptions {
  /** Count of outputs; they are called LABEL_0, LABEL_1, … when `id2label` is left out. @default 2 */
  readonly numLabels?: number;
  /** Names of the outputs: in order, or by number. @default from `numLabels` */
  readonly id2label?: readonly string[] | Labels;
  /** Number of each name. @default from `id2label` */
  readonly label2id?: Readonly<Record<string, number>>;
}

/**
 * Both directions of the label table from what is given of it.
 * @throws InputError when count and names contradict each other
 */
export function resolveLabels(
  { numLabels, id2label, label2id }: LabelOptions,
  where: string,
): { id2label: Labels; label2id: Readonly<Record<string, number>> } {
  if (numLabels !== undefined && !(Number.isInteger(numLabels) && numLabels >= 0 && numLabels <= MOST_LABELS)) {
    throw new InputError(
      `${where}: expected numLabels to be a whole number from 0 to ${MOST_LABELS}, found ${JSON.stringify(numLabels)}.`,
    );
  }
  const names = id2label === undefined ? defaultNames(numLabels ?? 2) : checkedNames(id2label, where);
  const size = Object.keys(names).length;
  if (numLabels !== undefined && numLabels !== size) {
    throw new InputError(
      `${where}: id2label names ${size} labels, but numLabels is ${numLabels}; leave one of the two out.`,
    );
  }
  return {
    id2label: names,
    label2id: label2id ?? Object.fromEntries(Object.entries(names).map(([id, label]) => [label, Number(id)])),
  };
}

/**
 * The labels of a file with those of the caller over them. The names of the file stay where the caller's count is theirs:
 * then nothing was changed, and they must not be lost.
 */
export function overrideLabels(file: LabelOptions, given: LabelOptions): LabelOptions {
  if (given.id2label !== undefined) return given;
  const count = file.id2label === undefined ? file.numLabels : Object.keys(file.id2label).length;
  if (given.numLabels !== undefined && given.numLabels !== count) return given;
  return { ...file, label2id: given.label2id ?? file.label2id };
}

function defaultNames(size: number): Labels {
  return Object.fromEntries(Array.from({ length: size }, (_, id) => [id, `LABEL_${id}`]));
}

function checkedNames(id2label: readonly string[] | Labels, where: string): Labels {
  const entries = Object.entries(id2label);
  const bad = entries.find(([id, label]) => !/^\d+$/.test(id) || typeof label !== 'string');
  if (bad)
    throw new InputError(
      `${where}: expected id2label to give every number a name, found ${JSON.stringify(Object.fromEntries([bad]))}.`,
    );
  // Output k is called id2label[k]: with a number left out nobody knows which output the names behind it mean.
  const gap = entries.findIndex((_, id) => !Object.hasOwn(id2label, id));
  if (gap === -1) return Object.fromEntries(entries);
  throw new InputError(
    `${where}: expected id2label to name every output from 0 to ${entries.length - 1}, found ${entries.length} names and none for ${gap}; give them as id2label, an array in the order of the outputs.`,
  );
}
