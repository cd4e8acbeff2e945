/** torch.autograd.graph: what operators save for their backward, seen and replaced. */
import { DTypeError } from '../../errors';
import { forget, register, type CallbackOptions, type CallInfo } from './callbacks';
import { within } from '../core/context';
import { freeAll, keep, keepMade, tensorsIn } from '../memory/lifetime';
import { formatValue } from '../operators/operator';
import { Tensor } from '../core/tensor';
import { requireFunction } from '../core/arguments';

/**
 * Runs `body`, which may be async, and gives each tensor that its operators save for the backward pass to `pack`; what
 * `pack` makes of it is kept instead, and `unpack` makes a tensor of it again when backward asks. Of nested calls the
 * innermost applies. `pack` must not change its tensor in place. Its tensor, and tensors that it makes,
 * live as long as the graph when it returns them; others that it returns are the caller's to keep.
 * @example
 * // Keep activations in half precision.
 * const { savedTensorsHooks } = torch.autograd.graph;
 * const loss = savedTensorsHooks((x) => x.to('float16'), (x) => x.to('float32'), () => model.forward(input).sum());
 * loss.backward();
 */
export function savedTensorsHooks<P, T>(pack: (tensor: Tensor) => P, unpack: (packed: P) => Tensor, body: () => T): T {
  for (const [name, fn] of Object.entries({ pack, unpack, body })) requireFunction('savedTensorsHooks', name, fn);
  return packing((tensor) => {
    const { result, kept } = keepMade(() => pack(tensor));
    if (tensorsIn(result).includes(tensor)) kept.push(keep(tensor));
    return { unpack: () => checked(unpack(result)), dropped: () => freeAll(kept) };
  }, body);
}

/** Keeps on the CPU what operators on other devices save for the backward pass: memory of the device for time of transfer. */
export function saveOnCpu<T>(body: () => T): T {
  return savedTensorsHooks(
    (tensor) => ({ device: tensor.device, copy: tensor.to({ device: 'cpu' }) }),
    ({ device, copy }) => copy.to({ device }),
    body,
  );
}

function checked(value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  throw new DTypeError(`savedTensorsHooks: expected unpack to return a tensor, found ${formatValue(value)}`);
}

/** How one saved tensor comes back, and what to do when the graph is done with it. */
export interface Packed {
  /** Called when a backward pass asks for the tensor; with `retainGraph` more than once. */
  unpack(info: CallInfo): Tensor;
  /** Called once the graph does not need it any more. */
  dropped?(): void;
}

/**
 * The bare form of {@link savedTensorsHooks}: `pack` is called in the surrounding scope, `unpack` in one of its own.
 * @param options `idle` as in {@link CallbackOptions}
 * @internal
 */
export function packing<T>(
  pack: (tensor: Tensor) => Packed,
  body: () => T,
  options: Pick<CallbackOptions, 'idle'> | null = {},
): T {
  for (const [name, fn] of Object.entries({ pack, body })) requireFunction('savedTensorsHooks', name, fn);
  const idle = options?.idle ?? false;
  const hook = register(
    ([tensor]) => {
      const { unpack, dropped } = pack(tensor!);
      return register((_, info) => [unpack(info)], { scoped: true, idle, dropped });
    },
    { idle },
  );
  return within({ packing: hook }, body, () => forget(hook));
}
