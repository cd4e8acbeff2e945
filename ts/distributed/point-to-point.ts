/** Tensors from one process to another. */
import { InputError } from '../errors';
import { expected, resolveOptions } from '../options';
import type { Tensor } from '../tensor';
import { requireTensor } from '../tensor/core/arguments';
import { begin, type CollectiveOptions } from './call';
import { groupOf } from './process-group';

export interface PointToPointOptions extends CollectiveOptions {
  /** Which of several tensors between the same two processes this is. @default 0 */
  readonly tag?: number;
}

const DEFAULTS: Required<PointToPointOptions> = { group: null, timeout: null, tag: 0 };

/** Sends a tensor to the process `dst`, its rank among all. The promise settles when the tensor may be written to again. */
export async function send(tensor: Tensor, dst: number, options: PointToPointOptions = {}): Promise<void> {
  requireTensor('send', 'tensor', tensor);
  const given = checked('send', options);
  const peer = groupOf('send', given.group).rankOf('send', 'dst', dst);
  await begin(`send to rank ${dst}`, 'send', { inputs: [tensor], peer, ...given });
}

/**
 * Receives a tensor, of the shape and type of the one that is sent, from the process `src`, its rank among all.
 * @param src null for whichever sends one
 * @returns the rank of the process that sent it
 */
export async function recv(
  tensor: Tensor,
  src: number | null = null,
  options: PointToPointOptions = {},
): Promise<number> {
  requireTensor('recv', 'tensor', tensor);
  const given = checked('recv', options);
  const group = groupOf('recv', given.group);
  if (src === null && group.backends.cuda === 'nccl' && tensor.device.startsWith('cuda'))
    throw new InputError('recv: expected the rank that sends, found null, which nccl does not take');
  const peer = src === null ? -1 : group.rankOf('recv', 'src', src);
  const owner = src === null ? 'recv' : `recv from rank ${src}`;
  const from = await begin(owner, 'recv', { inputs: [tensor], peer, ...given });
  return src ?? group.ranks[from!]!;
}

/** `send` under the name that Python has for the call that does not wait; here neither holds up anything. */
export const isend = (tensor: Tensor, dst: number, options?: PointToPointOptions): Promise<void> =>
  send(tensor, dst, options);

/** `recv` under the name that Python has for the call that does not wait. */
export const irecv = (tensor: Tensor, src?: number | null, options?: PointToPointOptions): Promise<number> =>
  recv(tensor, src, options);

function checked(owner: string, options: PointToPointOptions): Required<PointToPointOptions> {
  const given = resolveOptions(owner, DEFAULTS, options);
  if (!Number.isInteger(given.tag) || given.tag < 0 || given.tag >= 2 ** 31)
    throw expected(owner, 'a tag from 0 to 2147483647', given.tag, '', InputError);
  return given;
}
