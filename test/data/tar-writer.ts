export interface TarEntry {
  readonly content?: string | Uint8Array;
  /** @default '0', an ordinary file */
  readonly type?: string;
  /** The size as a binary number, as GNU tar writes those that eight octal digits cannot hold. @default false */
  readonly binarySize?: boolean;
  /** ustar's second field for the front of a long name. @default none */
  readonly prefix?: string;
}

/** Makes a tar in memory; a value that is no entry is the content of an ordinary file. */
export function writeTar(
  members: Readonly<Record<string, string | Uint8Array | TarEntry>> | readonly (readonly [string, TarEntry])[],
): Buffer {
  const entries = (Array.isArray(members) ? members : Object.entries(members)) as readonly (readonly [
    string,
    string | Uint8Array | TarEntry,
  ])[];
  const parts = entries.flatMap(([name, given]) => {
    const entry: TarEntry = typeof given === 'string' || given instanceof Uint8Array ? { content: given } : given;
    const content = Buffer.from(entry.content ?? '');
    return [header(name, content.length, entry), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function header(name: string, bytes: number, { type = '0', binarySize = false, prefix = '' }: TarEntry): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  if (binarySize) {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(bytes), 128);
  } else {
    block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  }
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** The content of a pax header: one record. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const digits = String(rest + String(rest).length).length;
  return `${rest + digits} ${key}=${value}\n`;
}
