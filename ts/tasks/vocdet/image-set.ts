import { textLines } from '../../data/text';
import { InputError } from '../../errors';
import { IMAGE_ENDING } from './folder-kinds';

/**
 * Reads a list of images as VOC has them in `ImageSets/Main`: an id a line, which may have blanks in it. Lists of one class
 * have a mark behind it: 1 shows the class, 0 is hard to tell, -1 does not show it and is left out.
 * @param label what to call the file in errors
 * @param idOf the id that a written name means; undefined when the dataset has no such image
 * @throws InputError with the line, for what is neither, or an id that comes twice
 */
export function parseImageSet(text: string, label: string, idOf: (written: string) => string | undefined): string[] {
  const lines = new Map<string, number>();
  textLines(text).forEach((raw, index) => {
    const line = raw.replace(/^\ufeff/, '').trim();
    if (line === '') return;
    const id = idOfLine(line, `${label} line ${index + 1}`, idOf);
    if (id === undefined) return;
    const before = lines.get(id);
    if (before !== undefined)
      throw new InputError(
        `${label} line ${index + 1}: expected every image once, found ${id}, which is in line ${before} too.`,
      );
    lines.set(id, index + 1);
  });
  return [...lines.keys()];
}

/** Undefined for an image that is left out. */
function idOfLine(line: string, where: string, idOf: (written: string) => string | undefined): string | undefined {
  const known = idOf(line);
  if (known !== undefined) return known;
  if (line.startsWith('#')) return undefined;
  const marked = /^(.*\S)\s+(-1|0|1)$/.exec(line);
  if (marked) {
    const [, name, mark] = marked as unknown as [string, string, string];
    return mark === '-1' ? undefined : (idOf(name) ?? requireOne(name, where));
  }
  // PaddleDetection writes image and annotation side by side.
  const pair = /^(.*\S)\s+(\S.*\.xml)$/i.exec(line);
  if (pair && IMAGE_ENDING.test(pair[1]!)) return idOf(pair[1]!) ?? requireOne(pair[1]!, where);
  return requireOne(line.replace(/^"(.*)"$/, '$1'), where, idOf);
}

/** A name that no file has: one without blanks and commas is an image that is missing, of others nobody can tell. */
function requireOne(name: string, where: string, idOf?: (written: string) => string | undefined): string {
  const known = idOf?.(name);
  if (known !== undefined) return known;
  if (!/[\s,;]/.test(name)) return name.replace(IMAGE_ENDING, '');
  throw new InputError(
    `${where}: expected the id of an image that is there, found '${name.slice(0, 80)}'; each id stands in a line of its own, with -1, 0 or 1 behind it in the list of one class.`,
  );
}
