import { writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly data: Buffer | string;
  /** What the archive claims, when it lies. @default the right sum */
  readonly crc?: number;
}

/** Writes a zip archive, so that tests need no tool and can make damaged ones. */
export function writeZip(path: string, entries: readonly ZipEntry[]): void {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, crc } of entries) {
    const content = Buffer.from(data);
    const packed = deflateRawSync(content);
    // Both headers share these fields: version, flags, method 8 (deflate), time, date, crc, sizes, length of the name, of extras.
    const common = Buffer.alloc(26);
    [20, 0x800, 8, 0, 0x21].forEach((value, i) => common.writeUInt16LE(value, i * 2));
    [crc ?? crc32(content), packed.length, content.length].forEach((value, i) => common.writeUInt32LE(value, 10 + i * 4));
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    files.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name));
    offset += 4 + common.length + Buffer.byteLength(name) + packed.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  writeFileSync(path, Buffer.concat([...files, ...directory, Buffer.from('PK\x05\x06'), end]));
}
