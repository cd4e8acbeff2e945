import { decodeText, requireText } from '../../../data/text';
import { InputError } from '../../../errors';
import type { AnnotatedObject, Annotation } from './annotation';
import type { Issue } from './issues';
import { arrayOf, boxOf, idOf, numberOf, recordOf, textOf, truthOf, type JsonRecord } from './json-values';

/** What a COCO instances file says: images in its order, each with its annotation. */
export interface CocoFile {
  /** Names in the order of the categories' numbers. */
  readonly classes: readonly string[];
  readonly images: readonly CocoImage[];
  /** What was left out, and what is doubtful. */
  readonly issues: readonly Issue[];
}

export interface CocoImage {
  readonly id: string;
  /** As it is written there. */
  readonly file: string;
  readonly annotation: Annotation;
}

/**
 * Reads COCO's JSON for object detection. Boxes are left, top, width and height there; `iscrowd` marks regions with
 * any number of objects; `area` is that of the segmented pixels. Numbers, ids and marks are taken as tools write them: as
 * numbers, strings or booleans.
 * @param label what to call the file in errors
 * @throws InputError for broken JSON, and with the place in the file for content that does not fit
 */
export function parseCocoFile(bytes: Buffer, label: string): CocoFile {
  const root = recordOf(parseJson(bytes, label), label);
  const images = imagesOf(root, label);
  const annotations = arrayOf(root, 'annotations', label);
  const { classes, nameOf, issues } = cocoCategories(
    root,
    new Set(annotations.map(({ category_id }) => String(category_id))),
    label,
  );
  const found: Issue[] = [...issues];
  const ids = new Set<string>();
  annotations.forEach((item, index) => {
    const location = `${label} annotations.${index}`;
    const id = item['id'] === undefined ? undefined : String(item['id']);
    if (id !== undefined && ids.size === ids.add(id).size)
      found.push({
        kind: 'annotation id twice',
        message: `${location}: the id ${id} is that of another annotation too.`,
      });
    const image = images.get(idOf(item, 'image_id', location));
    if (!image)
      return void found.push({
        kind: 'annotation without image',
        message: `${location}: image_id ${String(item['image_id'])} is none of the ${images.size} images; it is left out.`,
      });
    const object = objectOf(item, nameOf(idOf(item, 'category_id', location)), location);
    if (isFlat(object))
      image.issues.push({
        kind: 'empty box left out',
        message: `${location}: the box of ${object.name} has a side of 0; it is left out.`,
      });
    else image.objects.push(object);
  });
  return { classes, images: [...images.values()].map((image) => imageOf(image)), issues: found };
}

/** Whether a parsed JSON file is one of COCO's for detection. */
export function isCocoFile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { images, annotations, categories } = value as JsonRecord;
  return [images, annotations, categories].every(Array.isArray);
}

/** @throws InputError with the line where it is known */
export function parseJson(bytes: Buffer, label: string): unknown {
  requireText(bytes, label);
  const text = decodeText(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Which part of the file it is, V8 says in some cases as a position and in the others by a piece of it.
    const message = (cause as Error).message.replace(/\s+/g, ' ');
    const at = /at position (\d+)/.exec(message)?.[1];
    const location = at === undefined ? label : `${label} line ${text.slice(0, Number(at)).split('\n').length}`;
    throw new InputError(`${location}: expected well-formed JSON, found: ${message}.`, { cause });
  }
}

interface Image {
  readonly id: string;
  readonly record: JsonRecord;
  readonly location: string;
  readonly objects: AnnotatedObject[];
  readonly issues: Issue[];
}

/** @throws InputError when two have one id: whose boxes are whose, nobody could tell */
function imagesOf(root: JsonRecord, label: string): Map<string, Image> {
  const images = new Map<string, Image>();
  arrayOf(root, 'images', label).forEach((record, index) => {
    const location = `${label} images.${index}`;
    const id = idOf(record, 'id', location);
    const other = images.get(id);
    if (other)
      throw new InputError(
        `${location}: expected every image to have an id of its own, found ${id} for ${textOf(record, 'file_name', location)} and for ${textOf(other.record, 'file_name', other.location)}.`,
      );
    images.set(id, { id, record, location, objects: [], issues: [] });
  });
  return images;
}

function imageOf({ id, record, location, objects, issues }: Image): CocoImage {
  const [width, height] = [numberOf(record['width']) ?? 0, numberOf(record['height']) ?? 0];
  const size = width > 0 && height > 0 ? { size: { width, height } } : {};
  return {
    id,
    file: textOf(record, 'file_name', location),
    annotation: { ...size, location, objects, ...(issues.length > 0 && { issues }) },
  };
}

function objectOf(item: JsonRecord, name: string, location: string): AnnotatedObject {
  const [left, top, width, height] = boxOf(item, location);
  const area = numberOf(item['area']);
  return {
    name,
    box: [left, top, left + width, top + height],
    difficult: false,
    crowd: truthOf(item['iscrowd'], location),
    ...(area ? { area } : {}),
    location,
  };
}

/** Such boxes are in COCO's own files; the authors of DETR leave them out too. */
function isFlat({ box: [left, top, right, bottom] }: AnnotatedObject): boolean {
  return (right === left && bottom >= top) || (bottom === top && right >= left);
}

/** The categories of a COCO file. */
interface CocoCategories {
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
function cocoCategories(root: JsonRecord, used: ReadonlySet<string>, label: string): CocoCategories {
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
