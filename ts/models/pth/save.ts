/** Writes files that Python's `torch.load` reads: a zip with one pickle and one member a storage, nothing compressed. */
import { ZipWriter } from '../../data/zip-writer';
import { saveTo, type FileTarget, type StreamTarget } from '../../native/save-target';
import * as torch from '../../tensor';
import { bytesOf } from '../../tensor/io/bytes';
import type { PthValue } from './load';
import { pickle } from './pickle';

/** Where torch.save puts storages, so that they can be mapped. */
const ALIGNMENT = 64;
const ROOT = 'archive';

/**
 * Writes tensors, numbers, strings, bytes, arrays, sets, maps and plain objects of them, as `torch.save` does: the whole file
 * or nothing. Without a target it gives the bytes; a stream gets them, and the result is a promise.
 * The memory that tensors share, tied weights and views, is written once and is shared again when read; as in Python, a view
 * takes all the memory it lies in along, and its `clone()` does not. Keys of objects become strings, keys of maps keep their
 * type; what `stateDict()` of an optimizer gives gets the numbers that Python's optimizers look for.
 * @throws InputError for a value that the format has no place for, or when the target cannot be written
 */
export function savePth(value: PthValue | object, target: FileTarget): void;
export function savePth(value: PthValue | object, target: StreamTarget): Promise<void>;
export function savePth(value: PthValue | object, target?: null): Buffer;
export function savePth(
  value: PthValue | object,
  target?: FileTarget | StreamTarget | null,
): Buffer | Promise<void> | void {
  return torch.scoped(() => {
    const { bytes, storages } = pickle(value);
    return saveTo(target, (write) => {
      const archive = new ZipWriter(write, { alignment: ALIGNMENT });
      archive.add(`${ROOT}/data.pkl`, bytes);
      archive.add(`${ROOT}/byteorder`, Buffer.from('little'));
      storages.forEach((tensor, key) => archive.add(`${ROOT}/data/${key}`, bytesOf(tensor)));
      archive.add(`${ROOT}/version`, Buffer.from('3\n'));
      archive.end();
    });
  });
}
