/** `torch.save` and `torch.load` under Python's names. */
import { types } from 'node:util';
import { DTypeError } from '../../errors';
import { resolveOptions } from '../../options';
import { keep, noGrad, Tensor, type Device } from '../../tensor';
import type { FileInput, StreamInput } from '../../native/byte-source';
import { isSet, isUint8Array } from '../../native/realm';
import { loadPth, type PthValue } from './load';

export { savePth as save } from './save';

export interface TorchLoadOptions {
  /** Where the tensors go; null leaves them on the CPU. @default null */
  readonly mapLocation?: Device | null;
  /** Python's switch; a file's code never runs here, whatever it is. @default true */
  readonly weightsOnly?: boolean;
  /** Maps the file into memory instead of copying it. @default false */
  readonly mmap?: boolean;
}

const defaults: Required<TorchLoadOptions> = { mapLocation: null, weightsOnly: true, mmap: false };

/**
 * What `torch.save` wrote, here or in Python: `loadPth` with the options of `torch.load`.
 * @param input path or URL of a file, its bytes, or a stream, which makes the result a promise
 * @throws InputError for a file that is absent, damaged, no checkpoint, or that names anything but tensors and plain containers
 */
export function load(input: FileInput, options?: TorchLoadOptions): PthValue;
export function load(input: StreamInput, options?: TorchLoadOptions): Promise<PthValue>;
export function load(input: FileInput | StreamInput, options: TorchLoadOptions = {}): PthValue | Promise<PthValue> {
  const { mapLocation, mmap } = resolveOptions('load', defaults, options);
  if (mapLocation !== null && typeof mapLocation !== 'string')
    throw new DTypeError(`load: expected mapLocation to be a device such as 'cpu', found ${typeof mapLocation}`);
  const loaded = loadPth(input as FileInput, { mmap }) as PthValue | Promise<PthValue>;
  if (mapLocation === null || mapLocation === 'cpu') return loaded;
  return types.isPromise(loaded) ? loaded.then((value) => moved(value, mapLocation)) : moved(loaded, mapLocation);
}

/** The same value with its tensors on another device; what occurs twice occurs twice there. */
function moved(value: PthValue, device: Device): PthValue {
  const known = new Map<Tensor, Tensor>();
  const move = (item: PthValue): PthValue => {
    if (item instanceof Tensor) {
      let copy = known.get(item);
      if (!copy)
        known.set(item, (copy = keep(noGrad(() => item.detach().to(device).requiresGrad_(item.requiresGrad)))));
      return copy;
    }
    if (Array.isArray(item)) return item.map(move);
    if (isSet(item)) return new Set([...item].map(move));
    if (typeof item !== 'object' || item === null || isUint8Array(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, part]) => [key, move(part)]));
  };
  return move(value);
}
