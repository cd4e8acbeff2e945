/** Writes files that Python's `torch.load` reads: a zip with one pickle and one member a storage, nothing compressed. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { PthValue } from './load';
import { pickle } from './pickle';

/** Where torch.save puts storages, so that they can be mapped. */
const ALIGNMENT = 64;
const ROOT = 'archive';
/** The largest position in a zip without 64-bit fields. */
const LARGEST = 0xffffffff;

/**
 * Writes tensors, numbers, strings, arrays and plain objects of them, as `torch.save` does: the whole file or nothing. Tensors
 * that share memory are written once each.
 * @throws InputError for a value that the format has no place for, beyond 4 GiB, or when the file cannot be written
 */
export function savePth(value: PthValue, path: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  let file: number;
  try {
    file = openSync(draft, 'w');
  } catch (error) {
    throw new InputError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
  try {
    try {
      writeArchive(new Archive(file, path), value);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function writeArchive(archive: Archive, value: PthValue): void {
  const { bytes, tensors } = pickle(value);
  archive.add('data.pkl', bytes);
  archive.add('byteorder', Buffer.from('little'));
  tensors.forEach((tensor, key) => archive.add(`data/${key}`, bytesOf(tensor)));
  archive.add('version', Buffer.from('3\n'));
  archive.end();
}

function bytesOf(tensor: Tensor): Uint8Array {
  return torch.scoped(() => {
    const flat = tensor.detach().resolveConj().resolveNeg().contiguous().view([-1]); // (*) -> (elements)
    return (torch.ops.aten.view.dtype(flat, 'uint8') as Tensor).data() as Uint8Array;
  });
}

class Archive {
  private position = 0;
  private readonly directory: Buffer[] = [];

  constructor(private readonly file: number, private readonly path: string) {}

  add(member: string, content: Uint8Array): void {
    const name = Buffer.from(`${ROOT}/${member}`);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(content));
    sizes.writeUInt32LE(this.checked(content.length), 4);
    sizes.writeUInt32LE(content.length, 8);
    const start = this.position + 30 + name.length + 4;
    const padding = (ALIGNMENT - (start % ALIGNMENT)) % ALIGNMENT;
    this.directory.push(centralEntry(name, sizes, this.position));
    this.write(localHeader(name, sizes, padding));
    this.write(content);
  }

  end(): void {
    const directory = Buffer.concat(this.directory);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50);
    end.writeUInt16LE(this.directory.length, 8);
    end.writeUInt16LE(this.directory.length, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(this.position, 16);
    this.write(directory);
    this.write(end);
  }

  private write(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
    this.position = this.checked(this.position + bytes.length);
  }

  private checked(size: number): number {
    if (size > LARGEST) throw new InputError(`${this.path}: expected less than 4 GiB for this format; save larger models as safetensors.`);
    return size;
  }
}

/** @param sizes checksum, packed size, size */
function localHeader(name: Buffer, sizes: Buffer, padding: number): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50);
  sizes.copy(head, 14);
  head.writeUInt16LE(name.length, 26);
  head.writeUInt16LE(4 + padding, 28);
  // PyTorch calls its extra field FB; readers skip it.
  const extra = Buffer.alloc(4 + padding, 'Z');
  extra.write('FB');
  extra.writeUInt16LE(padding, 2);
  return Buffer.concat([head, name, extra]);
}

function centralEntry(name: Buffer, sizes: Buffer, position: number): Buffer {
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50);
  sizes.copy(head, 16);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt32LE(position, 42);
  return Buffer.concat([head, name]);
}
