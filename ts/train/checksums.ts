/** SHA256SUMS of a checkpoint: one line a file, as `sha256sum` writes and checks them. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const CHECKSUMS = 'SHA256SUMS';
const CHUNK = 2 ** 22;

/** Checksums by the names of files. */
export type Checksums = ReadonlyMap<string, string>;

/**
 * Writes the checksums of all files in a folder, which is complete but for them.
 * @param known those of files that are linked from another folder, whose bytes need not be read again
 */
export function writeChecksums(folder: string, known: Checksums = new Map()): void {
  const lines = filesIn(folder).map((name) => `${known.get(name) ?? checksum(join(folder, name))}  ${name}\n`);
  writeFileSync(join(folder, CHECKSUMS), lines.join(''));
}

/** The checksums that a folder has; none in one that was written before there were any. */
export function readChecksums(folder: string): Checksums {
  const path = join(folder, CHECKSUMS);
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

/** What is wrong with the files of a folder, such as `model.safetensors is not what was written`; undefined where nothing is. */
export function damageIn(folder: string): string | undefined {
  for (const [name, expected] of readChecksums(folder)) {
    const path = join(folder, name);
    if (!existsSync(path)) return `${name} is missing`;
    if (checksum(path) !== expected) return `${name} is not what was written`;
  }
  return undefined;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function checksum(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK);
  const file = openSync(path, 'r');
  try {
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk))
      hash.update(chunk.subarray(0, length));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
