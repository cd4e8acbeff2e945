import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const goldenFolder = join(__dirname, '..', 'golden');

export interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array;
}

/** Reads test/golden/<name>.safetensors without libtorch, so that decoding is tested apart from it. */
export function readGolden(name: string): Record<string, GoldenArray> {
  const file = readFileSync(join(goldenFolder, `${name}.safetensors`));
  const headerEnd = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, headerEnd)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const entries = Object.entries(header).filter(([key]) => key !== '__metadata__');
  return Object.fromEntries(
    entries.map(
      ([
        key,
        {
          dtype,
          shape,
          data_offsets: [start, end],
        },
      ]) => {
        const bytes = Uint8Array.from(file.subarray(headerEnd + start, headerEnd + end));
        return [key, { shape, data: dtype === 'F32' ? new Float32Array(bytes.buffer) : bytes }];
      },
    ),
  );
}
