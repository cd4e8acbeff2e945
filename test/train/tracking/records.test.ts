import assert from 'node:assert/strict';
import fs, { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventFile } from '../../../ts/train/tracking/tensorboard/event-files';
import { bytesField, doubleField, fieldsOf, integerField } from '../../../ts/train/tracking/tensorboard/protobuf';
import { crc32c, frame, framesOf } from '../../../ts/train/tracking/tensorboard/records';

describe('records of event files', () => {
  it('have the checksums of RFC 3720', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
    assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43);
  });

  it('stand in a file as length, checksum, data, checksum', () => {
    // The bytes of an empty record that TensorFlow's writer gives.
    assert.equal(frame(Buffer.alloc(0)).toString('hex'), '000000000000000029039807d8ea82a2');
    const whole = frame(Buffer.from('one'));
    assert.equal(whole.length, 12 + 3 + 4);
    assert.equal(whole.readBigUInt64LE(), 3n);
  });

  it('are read up to the first that is cut short or damaged', () => {
    const [one, two] = [frame(Buffer.from('one')), frame(Buffer.from('two'))];
    const read = (file: Buffer) => [...framesOf(file)].map(({ data, end }) => [data.toString(), end]);
    assert.deepEqual(read(Buffer.concat([one, two])), [
      ['one', 19],
      ['two', 38],
    ]);
    assert.deepEqual(read(Buffer.concat([one, two.subarray(0, 17)])), [['one', 19]]);
    for (const at of [0, 8, 12, 15]) {
      const damaged = Buffer.from(two);
      damaged[at]! ^= 1;
      assert.deepEqual(read(Buffer.concat([one, damaged])), [['one', 19]], `byte ${at}`);
    }
  });
});

describe('an event file', () => {
  it('has whole records where the system takes a few bytes at a time', () => {
    const folder = mkdtempSync(join(tmpdir(), 'event-file-'));
    const { writeSync } = fs;
    fs.writeSync = (file: number, data: string | NodeJS.ArrayBufferView, offset?: unknown, length?: unknown) => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : new Uint8Array(data.buffer, data.byteOffset);
      const from = typeof offset === 'number' ? offset : 0;
      const most = typeof length === 'number' ? length : bytes.length - from;
      return writeSync(file, bytes, from, Math.min(5, most));
    };
    try {
      const file = new EventFile(folder);
      for (const text of ['one', 'two']) file.append(Buffer.from(text));
      file.close();
      const texts = [...framesOf(readFileSync(file.path))].map(({ data }) => data.toString());
      assert.deepEqual(texts, ['one', 'two']);
    } finally {
      fs.writeSync = writeSync;
      rmSync(folder, { recursive: true });
    }
  });
});

describe('messages', () => {
  it('are on the wire as the description of protocol buffers says', () => {
    assert.equal(integerField(1, 150).toString('hex'), '089601');
    assert.equal(integerField(1, -2).toString('hex'), '08feffffffffffffffff01');
    assert.equal(bytesField(2, 'testing').toString('hex'), '120774657374696e67');
    assert.equal(bytesField(3, [integerField(1, 150)]).toString('hex'), '1a03089601');
    assert.equal(doubleField(1, 1.5).toString('hex'), '09000000000000f83f');
  });

  it('are read as they were written', () => {
    const message = Buffer.concat([integerField(2, 2 ** 40), doubleField(1, 0.1), bytesField(20, 'x'.repeat(300))]);
    assert.deepEqual(
      [...fieldsOf(message)].map(([field, value]) => [field, Buffer.isBuffer(value) ? value.length : value]),
      [
        [2, 2n ** 40n],
        [1, 0.1],
        [20, 300],
      ],
    );
    assert.throws(() => [...fieldsOf(message.subarray(0, 100))], RangeError);
  });
});
