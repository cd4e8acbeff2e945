import { InputError } from '../../errors';
import type { Issue } from './dataset-issues';
import { arrayOf, idOf, textOf, type JsonRecord } from './json-values';

/** The categories of a COCO file. */
export interface CocoCategories {
  /** Names in the order of their numbers. */
  readonly classes: readonly string[];
  /** The name for an id; for one that is none of them a name that no class has. */
  readonly nameOf: (id: string) => string;
  readonly issues: readonly Issue[];
}

interface Category {
  readonly id: string;
  readonly name: string;
  readonly group: string;
}

/**
 * Reads the categories. One that only groups others, as Roboflow writes it before the classes, is left out: it has no group
 * itself, others name it as theirs, and nothing is annotated with it.
 * @param used ids that annotations have
 * @throws InputError when there are none, or two have one id
 */
export function cocoCategories(root: JsonRecord, used: ReadonlySet<string>, label: string): CocoCategories {
  const all = arrayOf(root, 'categories', label).map((record, index): Category => {
    const location = `${label} categories.${index}`;
    return {
      id: idOf(record, 'id', location),
      name: textOf(record, 'name', location),
      group: String(record['supercategory'] ?? ''),
    };
  });
  if (all.length === 0) throw new InputError(`${label}: categories: expected at least one, found none.`);
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const twice = all.find(({ id }, index) => all.findIndex((other) => other.id === id) !== index);
  if (twice)
    throw new InputError(
      `${label}: categories: expected every category to have an id of its own, found ${twice.id} for ${twice.name} and ${all.find(({ id }) => id === twice.id)!.name}.`,
    );
  const isGroup = ({ id, name, group }: Category) =>
    /^(none)?$/i.test(group) && !used.has(id) && all.some((other) => other.id !== id && other.group === name);
  const groups = all.filter(isGroup);
  return {
    classes: all
      .filter((category) => !groups.includes(category))
      .sort(byId)
      .map(({ name }) => name),
    nameOf: (id) => names.get(id) ?? `category_id ${id}`,
    issues: groups.map(({ name }) => ({
      kind: 'grouping category left out',
      message: `${label}: the category ${name} only groups others and has no objects; it is no class.`,
    })),
  };
}

/** Numbers before texts, each in their order. */
function byId({ id: one }: Category, { id: other }: Category): number {
  const [a, b] = [Number(one), Number(other)];
  if (Number.isNaN(a) || Number.isNaN(b))
    return Number.isNaN(a) === Number.isNaN(b) ? (one < other ? -1 : 1) : Number.isNaN(a) ? 1 : -1;
  return a - b;
}
