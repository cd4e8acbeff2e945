/** A reader of event files for tests: what TensorBoard would see of a folder. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { eventFiles } from '../../../ts/train/tracking/tensorboard/event-files';
import { type FieldValue, fieldsOf } from '../../../ts/train/tracking/tensorboard/protobuf';
import { framesOf } from '../../../ts/train/tracking/tensorboard/records';

/** A value of a summary, or the start of a session. */
export interface ReadEvent {
  readonly step: number;
  readonly seconds: number;
  readonly tag: string;
  readonly scalar?: number;
  readonly image?: { readonly width: number; readonly height: number; readonly encoded: Buffer };
  readonly histogram?: {
    readonly min: number;
    readonly max: number;
    readonly limits: number[];
    readonly counts: number[];
  };
  readonly text?: string;
  readonly plugin?: { readonly name: string; readonly content: Buffer };
}

/** All values in the files of a folder, without those that a session's start purges. */
export function readEvents(folder: string): ReadEvent[] {
  let events: ReadEvent[] = [];
  for (const file of eventFiles(folder)) {
    const bytes = readFileSync(file);
    let end = 0;
    for (const frame of framesOf(bytes)) {
      end = frame.end;
      const event = fields(frame.data);
      const step = Number(event.get(2) ?? 0);
      const session = event.get(7);
      if (session !== undefined && fields(session).get(1) === 1n) events = events.filter((other) => other.step < step);
      const summary = event.get(5);
      const seconds = event.get(1) as number;
      if (summary !== undefined)
        events.push(...valuesIn(summary).map((value) => ({ step, seconds, ...valueOf(value) })));
    }
    assert.equal(end, bytes.length, `${file} is whole`);
  }
  return events;
}

/** The values of a summary. */
function valuesIn(summary: FieldValue): Map<number, FieldValue>[] {
  assert.ok(Buffer.isBuffer(summary));
  return [...fieldsOf(summary)].filter(([field]) => field === 1).map(([, value]) => fields(value));
}

function valueOf(value: ReadonlyMap<number, FieldValue>): Omit<ReadEvent, 'step' | 'seconds'> {
  const at = (field: number) => value.get(field);
  const image = at(4) === undefined ? undefined : fields(at(4)!);
  const histogram = at(5) === undefined ? undefined : fields(at(5)!);
  const tensor = at(8) === undefined ? undefined : fields(at(8)!);
  const plugin = at(9) === undefined ? undefined : message(at(9)!, 1);
  return {
    tag: String(at(1)),
    ...(at(2) !== undefined && { scalar: at(2) as number }),
    ...(image && {
      image: { height: Number(image.get(1)), width: Number(image.get(2)), encoded: image.get(4) as Buffer },
    }),
    ...(histogram && {
      histogram: {
        min: histogram.get(1) as number,
        max: histogram.get(2) as number,
        limits: doubles(histogram.get(6)),
        counts: doubles(histogram.get(7)),
      },
    }),
    ...(tensor && { text: String(tensor.get(8)) }),
    ...(plugin && { plugin: { name: String(plugin.get(1)), content: plugin.get(2) as Buffer } }),
  };
}

function fields(bytes: FieldValue): Map<number, FieldValue> {
  assert.ok(Buffer.isBuffer(bytes));
  return new Map(fieldsOf(bytes));
}

function message(bytes: FieldValue, field: number): Map<number, FieldValue> {
  return fields(fields(bytes).get(field)!);
}

function doubles(bytes: FieldValue | undefined): number[] {
  assert.ok(Buffer.isBuffer(bytes));
  return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
}
