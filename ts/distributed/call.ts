/** A call of a group as the addon takes it: one whose promise is awaited, or one that code waits for which cannot await. */
import { InputError } from '../errors';
import {
  distributedBinding as native,
  type CollectiveArguments,
  type StartedCall,
} from '../native/distributed-binding';
import { guarded } from '../native/typed-errors';
import { expected, resolveOptions } from '../options';
import { viewAsReal, type Tensor } from '../tensor';
import { requireTensor } from '../tensor/core/arguments';
import { isRecording, refuseRecording } from '../tensor/plan/recording';
import { groupOf, type ProcessGroup } from './process-group';
import { checkTimeout } from './store';

/** How the values of all processes become one. */
export const ReduceOp = {
  SUM: 'sum',
  AVG: 'avg',
  PRODUCT: 'product',
  MIN: 'min',
  MAX: 'max',
  BAND: 'band',
  BOR: 'bor',
  BXOR: 'bxor',
} as const;
export type ReduceOp = (typeof ReduceOp)[keyof typeof ReduceOp];

/** As c10d numbers them. */
const OPERATIONS: readonly ReduceOp[] = ['sum', 'avg', 'product', 'min', 'max', 'band', 'bor', 'bxor'];

export interface CollectiveOptions {
  /** Which processes take part. @default all */
  readonly group?: ProcessGroup | null;
  /** How long to wait for the others, in milliseconds. @default the group's */
  readonly timeout?: number | null;
}

export interface ReduceOptions extends CollectiveOptions {
  /** @default sum */
  readonly op?: ReduceOp;
}

/** The options that all calls have. */
export const COMMON: Required<CollectiveOptions> = { group: null, timeout: null };
export const REDUCING: Required<ReduceOptions> = { ...COMMON, op: 'sum' };

/** What a call sends, gets and asks for. */
export interface Call extends CollectiveOptions {
  readonly inputs?: readonly Tensor[];
  readonly outputs?: readonly Tensor[];
  readonly op?: ReduceOp;
  /** A rank of the group. */
  readonly peer?: number;
  readonly inputSplits?: readonly number[];
  readonly outputSplits?: readonly number[];
  readonly tag?: number;
}

/** Begins a call under the name that the addon knows. @internal */
export async function begin(owner: string, name: string, call: Call): Promise<number | undefined> {
  const argumentsFor = prepare(owner, name, call);
  return groupOf(owner, call.group).begin(owner, (group) => native().collective(...argumentsFor(group)));
}

/** A call that has begun, and that can be waited for where nothing can be awaited: in a hook, a forward, an optimizer's step. */
export class Work {
  readonly #started: StartedCall;
  readonly #where: string;

  /** @internal */
  constructor(started: StartedCall, where: string) {
    this.#started = started;
    this.#where = where;
  }

  /** Waits until the call has ended. The event loop waits with it. @throws DistributedError when it fails */
  wait(): void {
    guarded(this.#where, () => native().collectiveWait(this.#started));
  }
}

/** As {@link begin}, of what is waited for. @internal */
export function start(owner: string, name: string, call: Call): Work {
  const group = groupOf(owner, call.group);
  const argumentsFor = prepare(owner, name, call);
  const started = group.start(owner, (number) => native().collectiveStart(...argumentsFor(number)));
  return new Work(started, group.describeCall(owner));
}

/**
 * `allReduce` where nothing can be awaited: begins, and gives what waits for the end. All processes make such calls in the same order
 * as their others.
 */
export function startAllReduce(tensor: Tensor, options: ReduceOptions = {}): Work {
  return start('startAllReduce', 'allReduce', reduction('startAllReduce', tensor, options));
}

/** What an all-reduce takes. @internal */
export function reduction(owner: string, tensor: Tensor, options: ReduceOptions): Call {
  requireTensor(owner, 'tensor', tensor);
  const { op, ...rest } = resolveOptions(owner, REDUCING, options);
  if (tensor.dtype.startsWith('complex') && op !== 'sum')
    throw new InputError(`${owner}: expected sum for a tensor of ${tensor.dtype}, found ${op}`);
  return { inputs: [tensor], op, ...rest };
}

/** The arguments of the native call, by the number of its group. */
function prepare(owner: string, name: string, call: Call): (group: number) => CollectiveArguments {
  groupOf(owner, call.group);
  const op = OPERATIONS.indexOf(call.op ?? 'sum');
  if (op < 0) throw expected(owner, `one of ${OPERATIONS.join(', ')} for op`, call.op, '', InputError);
  const isForNccl = call.inputs?.[0]?.device.startsWith('cuda') && groupOf(owner, call.group).backends.cuda === 'nccl';
  if (call.op === 'avg' && !isForNccl)
    throw new InputError(
      `${owner}: expected an op that gloo has, found avg; use ReduceOp.SUM, and divide by getWorldSize()`,
    );
  const timeout = call.timeout == null ? -1 : checkTimeout(owner, call.timeout);
  const [inputs, outputs] = [realParts(call.inputs), realParts(call.outputs)];
  if (isRecording()) refuseRecording('it calls other processes');
  return (group) => [
    group,
    name,
    inputs.map((tensor) => tensor._handle),
    outputs.map((tensor) => tensor._handle),
    op,
    call.peer ?? 0,
    timeout,
    call.inputSplits ?? [],
    call.outputSplits ?? [],
    call.tag ?? 0,
  ];
}

/** Complex tensors as pairs of real numbers over the same memory, which is how backends take them. @internal */
export function realParts(tensors: readonly Tensor[] = []): readonly Tensor[] {
  return tensors.map((tensor) => (tensor.dtype.startsWith('complex') ? viewAsReal(tensor) : tensor));
}
