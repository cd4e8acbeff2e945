import { InputError } from '../../../errors';
import type { Extent } from '../../../vision/boxes';
import type { AnnotatedObject, Annotation } from './annotation';
import { child, parseXml, type XmlElement } from './xml';

/**
 * Reads an annotation of Pascal VOC. What differs between years and tools is taken as it comes: any order of
 * elements, coordinates with fractions, no `size`, `difficult`, `pose` or `truncated`, objects with parts (which
 * are objects of their own kind and left out).
 *
 * VOC counts pixels from 1 and both ends belong to a box: `xmin` 1 and `xmax` 500 span all of 500 pixels, which are 0 to 500 here.
 * @param label what to call the file in errors
 * @throws InputError with line (and column, when the XML is broken) for what cannot be used
 */
export function parseVocAnnotation(bytes: Buffer, label: string): Annotation {
  const root = parseXml(bytes, label);
  if (root.name !== 'annotation')
    throw new InputError(
      `${label} line ${root.line}: expected an <annotation> of Pascal VOC, found <${root.name}>${root.name === 'annotations' ? '; export the task as Pascal VOC instead of CVAT for images' : ''}.`,
    );
  const objects = root.children.filter(({ name }) => name === 'object').map((element) => objectOf(element, label));
  return { size: sizeOf(root, label), location: label, objects };
}

function objectOf(element: XmlElement, label: string): AnnotatedObject {
  const name = required(element, 'name', label);
  if (name.text === '')
    throw new InputError(`${label} line ${name.line}: expected the name of a class, found nothing.`);
  const box = required(element, 'bndbox', label);
  const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) =>
    numberIn(required(box, side, label), label),
  ) as [number, number, number, number];
  return {
    name: name.text,
    box: [left - 1, top - 1, right, bottom],
    difficult: flagIn(child(element, 'difficult'), label),
    crowd: false,
    location: `${label} line ${element.line}`,
  };
}

/** Undefined also for zeros, which some tools write when they do not know. */
function sizeOf(root: XmlElement, label: string): Extent | undefined {
  const size = child(root, 'size');
  if (!size) return undefined;
  const [width, height] = ['width', 'height'].map((side) => numberIn(required(size, side, label), label)) as [
    number,
    number,
  ];
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** @throws InputError when there is none, and when there are several: it would be anyone's guess which one counts */
function required(element: XmlElement, name: string, label: string): XmlElement {
  const [found, other] = element.children.filter((one) => one.name === name);
  if (other)
    throw new InputError(
      `${label} line ${other.line}: expected one <${name}> in <${element.name}>, found another; give each its own <object>.`,
    );
  if (found) return found;
  throw new InputError(
    `${label} line ${element.line}: expected <${name}> in <${element.name}>, found ${element.children.map((one) => `<${one.name}>`).join(', ') || 'nothing'}.`,
  );
}

function numberIn({ name, text, line }: XmlElement, label: string): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  throw new InputError(
    `${label} line ${line}: expected a number in <${name}>, found ${text === '' ? 'nothing' : `'${text}'`}.`,
  );
}

function flagIn(element: XmlElement | undefined, label: string): boolean {
  if (!element || element.text === '') return false;
  if (/^(1|true|yes)$/i.test(element.text)) return true;
  if (/^(0|false|no|unspecified)$/i.test(element.text)) return false;
  throw new InputError(`${label} line ${element.line}: expected 0 or 1 in <${element.name}>, found '${element.text}'.`);
}
