import * as z from 'zod';
import { InputError } from '../../errors';
import type { Annotation } from './annotation';

const id = z.union([z.int(), z.string()]);
const finite = z.number();

const schema = z.object({
  images: z.array(z.object({ id, file_name: z.string(), width: z.number().nullish(), height: z.number().nullish() })),
  annotations: z.array(
    z.object({ image_id: id, category_id: id, bbox: z.tuple([finite, finite, finite, finite]), iscrowd: z.number().nullish(), area: z.number().nullish() }),
  ),
  categories: z.array(z.object({ id, name: z.string() })).min(1),
});

/** What a COCO instances file says: pictures in its order, each with its annotation. */
export interface CocoFile {
  /** Names in the order of the categories' numbers. */
  readonly classes: readonly string[];
  readonly pictures: readonly { readonly id: string; readonly file: string; readonly annotation: Annotation }[];
}

/**
 * Reads COCO's JSON for object detection. Boxes are left, top, width and height there; `iscrowd` marks regions with
 * any number of objects; `area` is that of the segmented pixels.
 * @param label what to call the file in errors
 * @throws InputError for broken JSON, and with the place in the file for content that does not fit
 */
export function parseCocoFile(bytes: Buffer, label: string): CocoFile {
  const parsed = schema.safeParse(parseJson(bytes, label));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new InputError(`${label}: ${path.length ? `${path.join('.')}: ` : ''}${message}.`);
  }
  const { images, annotations, categories } = parsed.data;
  const names = new Map(categories.map((category) => [category.id, category.name]));
  const pictures = new Map(images.map((image) => [image.id, { image, objects: [] as Annotation['objects'][number][] }]));
  annotations.forEach(({ image_id, category_id, bbox: [left, top, width, height], iscrowd, area }, index) => {
    const place = `${label} annotations.${index}`;
    const name = names.get(category_id);
    if (name === undefined) throw new InputError(`${place}: expected category_id to be one of the ${categories.length} categories, found ${category_id}.`);
    const picture = pictures.get(image_id);
    if (!picture) throw new InputError(`${place}: expected image_id to be one of the ${images.length} images, found ${image_id}.`);
    const box = [left, top, left + width, top + height] as const;
    picture.objects.push({ name, box, difficult: false, crowd: Boolean(iscrowd), ...(area ? { area } : {}), place });
  });
  return {
    classes: [...categories].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ name }) => name),
    pictures: [...pictures.values()].map(({ image, objects }, index) => ({
      id: String(image.id),
      file: image.file_name,
      annotation: { ...(image.width && image.height ? { size: { width: image.width, height: image.height } } : {}), place: `${label} images.${index}`, objects },
    })),
  };
}

function parseJson(bytes: Buffer, label: string): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Which part of the file it is, V8 says in some cases as a position and in the others by a piece of it.
    const message = (cause as Error).message.replace(/\s+/g, ' ');
    const at = /at position (\d+)/.exec(message)?.[1];
    const place = at === undefined ? label : `${label} line ${text.slice(0, Number(at)).split('\n').length}`;
    throw new InputError(`${place}: expected well-formed JSON, found: ${message}.`, { cause });
  }
}
