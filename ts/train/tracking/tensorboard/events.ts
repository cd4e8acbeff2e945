/**
 * The messages of an event file: `Event` (tensorflow/core/util/event.proto), `Summary` (tensorflow/core/framework/summary.proto) and
 * the session of the hparams plugin (tensorboard/plugins/hparams/plugin_data.proto). They are written in the form that PyTorch's
 * SummaryWriter has, which every version of TensorBoard reads.
 */
import type { Extent } from '../../../vision/boxes';
import { type ConfigTree, leaves } from '../../config/keys';
import type { Histogram } from '../histogram';
import { bytesField, doubleField, doublesField, fieldsOf, floatField, integerField } from './protobuf';

/** What stands in an event beside its time and step. */
export type EventContent = Buffer;

const STATUS = { start: 1, checkpoint: 3 } as const;
/** DT_STRING. */
const STRING = 7;
/** Ends the tag of a text. */
const TEXT = '/text_summary';
/** Channels of an image in colour. */
const RGB = 3;

/** @param seconds since 1970 */
export function eventOf(content: EventContent, { step, seconds }: { step: number; seconds: number }): Buffer {
  return Buffer.concat([doubleField(1, seconds), integerField(2, step), content]);
}

/** The first event of every file. */
export function fileVersion(): EventContent {
  return Buffer.concat([bytesField(3, 'brain.Event:2'), bytesField(10, [bytesField(1, 'torchts')])]);
}

/** A session begins at the step of its event: readers forget what earlier files say from that step on. */
export function sessionStart(): EventContent {
  return bytesField(7, [integerField(1, STATUS.start)]);
}

/** A checkpoint is about to be written. @param note what tells it from others */
export function checkpointMark(path: string, note: string): EventContent {
  return bytesField(7, [integerField(1, STATUS.checkpoint), bytesField(2, path), bytesField(3, note)]);
}

/** Numbers by their tags, all in one event. */
export function scalars(values: readonly (readonly [tag: string, value: number])[]): EventContent {
  return bytesField(
    5,
    values.map(([tag, value]) => bytesField(1, [bytesField(1, tag), floatField(2, value)])),
  );
}

/** @param encoded a JPEG, PNG or GIF */
export function image(tag: string, encoded: Uint8Array, { width, height }: Extent): EventContent {
  const fields = [integerField(1, height), integerField(2, width), integerField(3, RGB), bytesField(4, encoded)];
  return summary(bytesField(1, tag), bytesField(4, fields));
}

export function histogram(
  tag: string,
  { min, max, count, sum, sumOfSquares, limits, counts }: Histogram,
): EventContent {
  const numbers = [min, max, count, sum, sumOfSquares].map((value, i) => doubleField(i + 1, value));
  return summary(bytesField(1, tag), bytesField(5, [...numbers, doublesField(6, limits), doublesField(7, counts)]));
}

/** @param markdown is shown as such */
export function text(tag: string, markdown: string): EventContent {
  const shape = bytesField(2, [bytesField(2, [integerField(1, 1)])]);
  return summary(
    bytesField(1, `${tag}${TEXT}`),
    bytesField(8, [integerField(1, STRING), shape, bytesField(8, markdown)]),
    ofPlugin('text'),
  );
}

/** The values of a configuration, for the table and plots of hyperparameters. */
export function hparams(config: ConfigTree, seconds: number): EventContent {
  const values = leaves(config).map(([key, value]) =>
    bytesField(1, [bytesField(1, key), bytesField(2, [hparam(value)])]),
  );
  return sessionOfHparams('session_start_info', bytesField(3, [...values, doubleField(5, seconds)]));
}

/** How a session of hyperparameters ended. */
export function hparamsEnd(status: 'success' | 'failure', seconds: number): EventContent {
  const fields = [integerField(1, status === 'success' ? 1 : 2), doubleField(2, seconds)];
  return sessionOfHparams('session_end_info', bytesField(4, fields));
}

/** The note of a mark of a checkpoint; undefined for any other event. */
export function noteOf(event: Buffer): string | undefined {
  for (const [field, log] of fieldsOf(event)) {
    if (field !== 7 || !Buffer.isBuffer(log)) continue;
    const session = new Map(fieldsOf(log));
    const note = session.get(3);
    if (session.get(1) === BigInt(STATUS.checkpoint) && Buffer.isBuffer(note)) return note.toString();
  }
  return undefined;
}

/** An image or a text in an event. */
export interface ShownValue {
  readonly step: number;
  readonly tag: string;
  /** An image file, or Markdown. */
  readonly content: Buffer | string;
}

/** Texts that the tracker itself writes when a session begins. */
const OWN_TEXTS = ['config', 'session'];

/** The images and texts of an event. */
export function shownIn(event: Buffer): ShownValue[] {
  const fields = [...fieldsOf(event)];
  const step = Number(fields.find(([field]) => field === 2)?.[1] ?? 0);
  return fields.flatMap(([field, summaryOf]) =>
    field === 5 && Buffer.isBuffer(summaryOf)
      ? [...fieldsOf(summaryOf)].flatMap(([, value]) => (Buffer.isBuffer(value) ? shownValue(step, value) : []))
      : [],
  );
}

function shownValue(step: number, value: Buffer): ShownValue[] {
  const fields = new Map(fieldsOf(value));
  const [tag, image, tensor] = [1, 4, 8].map((field) => fields.get(field));
  const name = String(tag);
  if (Buffer.isBuffer(image)) {
    const content = new Map(fieldsOf(image)).get(4);
    return Buffer.isBuffer(content) ? [{ step, tag: name, content }] : [];
  }
  if (!Buffer.isBuffer(tensor) || !name.endsWith(TEXT)) return [];
  const content = new Map(fieldsOf(tensor)).get(8);
  const own = name.slice(0, -TEXT.length);
  return Buffer.isBuffer(content) && !OWN_TEXTS.includes(own) ? [{ step, tag: own, content: content.toString() }] : [];
}

/** google.protobuf.Value; the plugin knows numbers, texts and booleans. */
function hparam(value: unknown): Buffer {
  if (typeof value === 'number') return doubleField(2, value);
  if (typeof value === 'boolean') return integerField(4, value ? 1 : 0);
  return bytesField(3, typeof value === 'string' ? value : JSON.stringify(value));
}

function sessionOfHparams(name: string, data: Buffer): EventContent {
  return summary(bytesField(1, `_hparams_/${name}`), ofPlugin('hparams', data));
}

/** SummaryMetadata. */
function ofPlugin(name: string, content: Buffer = Buffer.alloc(0)): Buffer {
  return bytesField(9, [bytesField(1, [bytesField(1, name), bytesField(2, content)])]);
}

function summary(...fields: readonly Buffer[]): EventContent {
  return bytesField(5, [bytesField(1, fields)]);
}
