/**
 * Reads what Python's `torch.save` wrote, without running any of its code. Two containers exist: since PyTorch 1.6 a zip
 * with one pickle and one member a storage, before that a row of pickles with the storages behind them
 * (torch/serialization.py, `_load` and `_legacy_load`).
 */
import { ZipFile } from '../../data/zip';
import { InputError, TorchError } from '../../errors';
import { readInput, withBytes, type ByteSource, type FileInput, type StreamInput } from '../../native/byte-source';
import { rejectPointer } from '../../native/lfs-pointer';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import type { MapOptions } from '../../tensor/io/bytes';
import { checkOptions } from '../../options';
import { isLegacy, LegacyCheckpoint } from './legacy';
import { SimpleValues } from './rebuild';
import { ZipCheckpoint } from './zip-checkpoint';

/** A checkpoint's value: tensors, numbers, strings, booleans, null, bytes, arrays, sets, objects. */
export type PthValue =
  | Tensor
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | PthValue[]
  | Set<PthValue>
  | { [key: string]: PthValue };

/**
 * The value of a `.pth`/`.pt` file, of its bytes, or of a stream of them: usually an object of tensors. Tensors that shared
 * memory share it again. As in `torch.load`, the file is copied, and `{ mmap: true }` maps it.
 * No code of the file runs: a pickle that names anything but tensors and plain containers is refused with that name.
 * @param input path or URL of a file, its bytes, or a stream, which makes the result a promise
 * @throws InputError for a file that is absent, damaged, no checkpoint, refused, or changed while it is read
 */
export function loadPth(input: FileInput, options?: MapOptions): PthValue;
export function loadPth(input: StreamInput, options?: MapOptions): Promise<PthValue>;
export function loadPth(input: FileInput | StreamInput, options: MapOptions = {}): PthValue | Promise<PthValue> {
  checkOptions('loadPth', options, ['mmap']);
  return readInput(input, (whole) =>
    withBytes(whole, 'a PyTorch checkpoint', (source) => {
      try {
        return torch.scoped(() => new SimpleValues(source.label).of(read(source, whole, options)) as PthValue);
      } catch (error) {
        if (error instanceof TorchError) throw error;
        // Damaged bytes can ask anything of the readers; whatever they trip over has this one cause.
        throw new InputError(`${source.label} cannot be read as a PyTorch checkpoint: its content is damaged.`, {
          cause: error,
        });
      }
    }),
  );
}

function read(source: ByteSource, input: FileInput, options: MapOptions): unknown {
  rejectPointer(source);
  const start = source.upTo(0, 64);
  if (start.subarray(0, 2).toString('latin1') === 'PK') {
    const zip = new ZipFile(input);
    try {
      return new ZipCheckpoint(zip, options).load();
    } finally {
      zip.close();
    }
  }
  if (isLegacy(source.label, start)) return new LegacyCheckpoint(source, options).load();
  throw new InputError(
    `${source.label}: expected a PyTorch checkpoint (a zip or a pickle of torch.save), found ${source.size} bytes of something else.`,
  );
}
