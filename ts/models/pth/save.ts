/** Writes files that Python's `torch.load` reads: a zip with one pickle and one member a storage, nothing compressed. */
import { ZipWriter } from '../../data/zip-writer';
import { replaceFile } from '../../native/replace-file';
import { bytesOf } from '../../tensor/bytes';
import type { PthValue } from './load';
import { pickle } from './pickle';

/** Where torch.save puts storages, so that they can be mapped. */
const ALIGNMENT = 64;
const ROOT = 'archive';

/**
 * Writes tensors, numbers, strings, arrays, maps and plain objects of them, as `torch.save` does: the whole file or nothing.
 * Tensors that share memory are written once each. Keys of objects become strings, keys of maps keep their type; what
 * `stateDict()` of an optimizer gives gets the numbers that Python's optimizers look for.
 * @throws InputError for a value that the format has no place for, or when the file cannot be written
 */
export function savePth(value: PthValue | object, path: string): void {
  const { bytes, tensors } = pickle(value);
  replaceFile(path, (write) => {
    const archive = new ZipWriter(write, { alignment: ALIGNMENT });
    archive.add(`${ROOT}/data.pkl`, bytes);
    archive.add(`${ROOT}/byteorder`, Buffer.from('little'));
    tensors.forEach((tensor, key) => archive.add(`${ROOT}/data/${key}`, bytesOf(tensor)));
    archive.add(`${ROOT}/version`, Buffer.from('3\n'));
    archive.end();
  });
}
