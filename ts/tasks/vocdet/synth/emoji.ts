import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../native/package';
import type { VocName } from '../annotations/classes';

/** The icons of Noto Emoji that stand for each class of VOC. */
export const emojiOf = {
  aeroplane: ['airplane', 'small-airplane'],
  bicycle: ['bicycle'],
  bird: ['bird'],
  boat: ['sailboat'],
  bottle: ['baby-bottle'],
  bus: ['bus'],
  car: ['automobile', 'taxi'],
  cat: ['cat', 'black-cat'],
  chair: ['chair'],
  cow: ['cow'],
  diningtable: ['fork-and-knife-with-plate'],
  dog: ['dog'],
  horse: ['horse'],
  motorbike: ['motorcycle'],
  person: ['person', 'person-standing'],
  pottedplant: ['potted-plant'],
  sheep: ['ewe'],
  sofa: ['couch-and-lamp'],
  train: ['locomotive', 'train'],
  tvmonitor: ['television'],
} as const satisfies Record<VocName, readonly string[]>;

export type Emoji = (typeof emojiOf)[VocName][number];

export const emojiNames: readonly Emoji[] = Object.values(emojiOf).flat();

const drawings = new Map<Emoji, string>();

/** What is inside of the svg element of an icon, which is 128 wide and high. */
export function emojiBody(name: Emoji): string {
  const known = drawings.get(name);
  if (known !== undefined) return known;
  const svg = readFileSync(join(packageRoot, 'data', 'vocdet', 'emoji', `${name}.svg`), 'utf8');
  const body = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'));
  drawings.set(name, body);
  return body;
}
