/** Tensors of another element type, or on another device. */
import { checkOptions } from '../../options';
import { addMembers, Tensor } from '../core/tensor';
import { operator } from '../operators/operator';
import { isDevice, type Device } from '../types/device';
import type { DType } from '../types/dtype';

/** What `to()` changes, and how. */
export interface ToOptions<To extends DType = DType> {
  readonly dtype?: To;
  readonly device?: Device;
  readonly nonBlocking?: boolean;
  readonly copy?: boolean;
  /** Order of the dimensions in memory. @default 'preserve' */
  readonly memoryFormat?: 'contiguous' | 'preserve' | 'channels_last' | 'channels_last_3d';
}

/** `tensor.to(options)`: this tensor itself when nothing changes. */
export function convert(tensor: Tensor, options: ToOptions): Tensor {
  checkOptions('to', options, ['dtype', 'device', 'nonBlocking', 'copy', 'memoryFormat']);
  const { dtype, device, nonBlocking = false, copy = false, memoryFormat } = options;
  const changed = operator('aten', '_to_copy', '');
  const same =
    (dtype === undefined || dtype === tensor.dtype) && (device === undefined || sameDevice(device, tensor.device));
  const ordered =
    memoryFormat === undefined ||
    memoryFormat === 'preserve' ||
    operator('aten', 'is_contiguous', 'memory_format').call([tensor, memoryFormat]) === true;
  if (same && ordered && !copy) return tensor;
  return changed.call([tensor], { dtype, device, non_blocking: nonBlocking, memory_format: memoryFormat }) as Tensor;
}

function sameDevice(wanted: string, found: string): boolean {
  return wanted === found || `${wanted}:0` === found;
}

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> {
    /** Same elements with another type, on another device, or of the type and on the device of another tensor; this tensor itself when nothing changes. */
    to<To extends DType>(dtype: To): Tensor<To>;
    to(device: Device): Tensor<Type>;
    to<To extends DType = Type>(options: ToOptions<To>): Tensor<To>;
    to<To extends DType>(other: Tensor<To>): Tensor<To>;
    to(target: DType | Device | ToOptions | Tensor): Tensor;
    /** The tensor on the CPU; itself when it is there. */
    cpu(): Tensor<Type>;
    /**
     * The tensor on GPU number `index`; itself when it is there.
     * @throws DeviceError without that GPU
     */
    cuda(index?: number): Tensor<Type>;
  }
}

addMembers({
  to(target: DType | Device | ToOptions | Tensor) {
    return convert(this, typeof target === 'string' || target instanceof Tensor ? parseTarget(target) : target);
  },
  cpu() {
    return this.to({ device: 'cpu' });
  },
  cuda(index = 0) {
    return this.to({ device: `cuda:${index}` });
  },
});

function parseTarget(target: string | Tensor): ToOptions {
  if (target instanceof Tensor) return { dtype: target.dtype, device: target.device };
  if (isDevice(target)) return { device: target };
  return { dtype: target as DType };
}
