/**
 * Calls that all processes of a group make together, under PyTorch's names. Each is a promise: it has begun when the call
 * returns, in the order of the calls, and the event loop goes on meanwhile. Until it settles its tensors must be left alone.
 */
import { InputError } from '../errors';
import { distributedBinding as native } from '../native/distributed-binding';
import { expected, resolveOptions } from '../options';
import type { Tensor } from '../tensor';
import { requireTensor, tensorsOf } from '../tensor/core/arguments';
import { isRecording, refuseRecording } from '../tensor/plan/recording';
import { begin, COMMON, realParts, reduction, REDUCING, type CollectiveOptions, type ReduceOptions } from './call';
import { groupOf, type ProcessGroup } from './process-group';
import { checkTimeout } from './store';

/** Puts into each process's tensor the sum over all of them, or what else `op` makes of them. */
export async function allReduce(tensor: Tensor, options: ReduceOptions = {}): Promise<void> {
  await begin('allReduce', 'allReduce', reduction('allReduce', tensor, options));
}

/** Puts into each process's tensor that of the process `src`, its rank among all. */
export async function broadcast(tensor: Tensor, src: number, options: CollectiveOptions = {}): Promise<void> {
  requireTensor('broadcast', 'tensor', tensor);
  const rest = resolveOptions('broadcast', COMMON, options);
  const peer = groupOf('broadcast', rest.group).rankOf('broadcast', 'src', src);
  await begin('broadcast', 'broadcast', { inputs: [tensor], peer, ...rest });
}

export interface BroadcastCoalescedOptions {
  /** Which processes take part. @default all */
  readonly group?: ProcessGroup | null;
  /** Bytes of the tensors that go into one message, at most, unless one alone has more. @default 262144000 */
  readonly bufferSize?: number;
}

/**
 * Makes tensors those of the process `src`, its rank among all, many of them in one message: how a module gets the parameters and buffers
 * of another process, and PyTorch's `_broadcast_coalesced`. The event loop waits until it is done, so that it can stand in a forward. A
 * backward pass whose forward has used the tensors before is not refused after it.
 * @throws DistributedError, DistributedTimeoutError, ConnectionLostError when another process does not take part
 */
export function broadcastCoalesced(
  tensors: readonly Tensor[],
  src: number,
  options: BroadcastCoalescedOptions = {},
): void {
  const owner = 'broadcastCoalesced';
  const handles = realParts(tensorsOf(owner, 'tensors', tensors)).map((tensor) => tensor._handle);
  const { group, bufferSize } = resolveOptions<Required<BroadcastCoalescedOptions>>(
    owner,
    { group: null, bufferSize: 250 * 2 ** 20 },
    options,
  );
  if (!Number.isInteger(bufferSize) || bufferSize < 1)
    throw expected(owner, 'a whole number of bytes for bufferSize', bufferSize, '', InputError);
  const members = groupOf(owner, group);
  const peer = members.rankOf(owner, 'src', src);
  if (isRecording()) refuseRecording('it calls other processes');
  if (handles.length === 0) return;
  members.start(owner, (number) => native().broadcastCoalesced(number, handles, bufferSize, peer));
}

/** As `allReduce`, but only the process `dst` has the result; what the others' tensors hold afterwards is not said. */
export async function reduce(tensor: Tensor, dst: number, options: ReduceOptions = {}): Promise<void> {
  requireTensor('reduce', 'tensor', tensor);
  const { op, ...rest } = resolveOptions('reduce', REDUCING, options);
  const peer = groupOf('reduce', rest.group).rankOf('reduce', 'dst', dst);
  await begin('reduce', 'reduce', { inputs: [tensor], op, peer, ...rest });
}

/** Puts the tensor of each process into that of the list at its rank, in every process. All are of one shape. */
export async function allGather(
  tensorList: readonly Tensor[],
  tensor: Tensor,
  options: CollectiveOptions = {},
): Promise<void> {
  requireTensor('allGather', 'tensor', tensor);
  const rest = resolveOptions('allGather', COMMON, options);
  const outputs = oneForEach('allGather', 'tensorList', tensorList, rest.group);
  await begin('allGather', 'allGather', { inputs: [tensor], outputs, ...rest });
}

/** As `allGather`, into one tensor: joined at their first dimension, or stacked where `output` has one dimension more. */
export async function allGatherIntoTensor(
  output: Tensor,
  input: Tensor,
  options: CollectiveOptions = {},
): Promise<void> {
  requireTensor('allGatherIntoTensor', 'output', output);
  requireTensor('allGatherIntoTensor', 'input', input);
  const rest = resolveOptions('allGatherIntoTensor', COMMON, options);
  await begin('allGatherIntoTensor', 'allGatherIntoTensor', { inputs: [input], outputs: [output], ...rest });
}

export interface GatherOptions extends CollectiveOptions {
  /** The process that gets the tensors. @default 0 */
  readonly dst?: number;
}

/** As `allGather`, but in the process `dst` alone: the others give null for the list. */
export async function gather(
  tensor: Tensor,
  gatherList: readonly Tensor[] | null = null,
  options: GatherOptions = {},
): Promise<void> {
  requireTensor('gather', 'tensor', tensor);
  const { dst, ...rest } = resolveOptions<Required<GatherOptions>>('gather', { ...COMMON, dst: 0 }, options);
  const outputs = listOfOne('gather', 'gatherList', 'dst', gatherList, dst, rest.group);
  const peer = groupOf('gather', rest.group).rankOf('gather', 'dst', dst);
  await begin('gather', 'gather', { inputs: [tensor], outputs, peer, ...rest });
}

export interface ScatterOptions extends CollectiveOptions {
  /** The process that has the tensors. @default 0 */
  readonly src?: number;
}

/** Puts into each process's tensor that of the list of the process `src` at its rank: the others give null for the list. */
export async function scatter(
  tensor: Tensor,
  scatterList: readonly Tensor[] | null = null,
  options: ScatterOptions = {},
): Promise<void> {
  requireTensor('scatter', 'tensor', tensor);
  const { src, ...rest } = resolveOptions<Required<ScatterOptions>>('scatter', { ...COMMON, src: 0 }, options);
  const inputs = listOfOne('scatter', 'scatterList', 'src', scatterList, src, rest.group);
  const peer = groupOf('scatter', rest.group).rankOf('scatter', 'src', src);
  await begin('scatter', 'scatter', { inputs, outputs: [tensor], peer, ...rest });
}

/** Puts into each process's output the sum over all processes of the tensor at its rank in their lists. */
export async function reduceScatter(
  output: Tensor,
  inputList: readonly Tensor[],
  options: ReduceOptions = {},
): Promise<void> {
  requireTensor('reduceScatter', 'output', output);
  const { op, ...rest } = resolveOptions('reduceScatter', REDUCING, options);
  const inputs = oneForEach('reduceScatter', 'inputList', inputList, rest.group);
  await begin('reduceScatter', 'reduceScatter', { inputs, outputs: [output], op, ...rest });
}

/** As `reduceScatter`, of one tensor whose first dimension is cut into one piece for each process. */
export async function reduceScatterTensor(output: Tensor, input: Tensor, options: ReduceOptions = {}): Promise<void> {
  requireTensor('reduceScatterTensor', 'output', output);
  requireTensor('reduceScatterTensor', 'input', input);
  const { op, ...rest } = resolveOptions('reduceScatterTensor', REDUCING, options);
  await begin('reduceScatterTensor', 'reduceScatterTensor', { inputs: [input], outputs: [output], op, ...rest });
}

/** Puts the tensor at rank i of each process's input list into the output list of process i, at the rank that it comes from. */
export async function allToAll(
  outputTensorList: readonly Tensor[],
  inputTensorList: readonly Tensor[],
  options: CollectiveOptions = {},
): Promise<void> {
  const rest = resolveOptions('allToAll', COMMON, options);
  const outputs = oneForEach('allToAll', 'outputTensorList', outputTensorList, rest.group);
  const inputs = oneForEach('allToAll', 'inputTensorList', inputTensorList, rest.group);
  await begin('allToAll', 'allToAll', { inputs, outputs, ...rest });
}

export interface AllToAllSingleOptions extends CollectiveOptions {
  /** Rows of `output` that come from each process. @default equally many */
  readonly outputSplitSizes?: readonly number[] | null;
  /** Rows of `input` that go to each process. @default equally many */
  readonly inputSplitSizes?: readonly number[] | null;
}

/** As `allToAll`, of one tensor whose first dimension is cut into pieces. */
export async function allToAllSingle(
  output: Tensor,
  input: Tensor,
  options: AllToAllSingleOptions = {},
): Promise<void> {
  requireTensor('allToAllSingle', 'output', output);
  requireTensor('allToAllSingle', 'input', input);
  const { outputSplitSizes, inputSplitSizes, ...rest } = resolveOptions<Required<AllToAllSingleOptions>>(
    'allToAllSingle',
    { ...COMMON, outputSplitSizes: null, inputSplitSizes: null },
    options,
  );
  await begin('allToAllSingle', 'allToAllSingle', {
    inputs: [input],
    outputs: [output],
    inputSplits: inputSplitSizes ?? [],
    outputSplits: outputSplitSizes ?? [],
    ...rest,
  });
}

/** Waits until all processes of the group are there. */
export async function barrier(options: CollectiveOptions = {}): Promise<void> {
  await begin('barrier', 'barrier', resolveOptions('barrier', COMMON, options));
}

export interface MonitoredBarrierOptions extends CollectiveOptions {
  /** Whether the error of rank 0 names all that are missing, in place of the first. @default false */
  readonly waitAllRanks?: boolean;
}

/**
 * As `barrier`, and says which processes are missing.
 * @throws DistributedTimeoutError with the missing ranks, on rank 0
 */
export async function monitoredBarrier(options: MonitoredBarrierOptions = {}): Promise<void> {
  const { group, timeout, waitAllRanks } = resolveOptions<Required<MonitoredBarrierOptions>>(
    'monitoredBarrier',
    { ...COMMON, waitAllRanks: false },
    options,
  );
  const members = groupOf('monitoredBarrier', group);
  const limit = checkTimeout('monitoredBarrier', timeout ?? members.timeout);
  await members.begin('monitoredBarrier', (number) => native().monitoredBarrier(number, limit, waitAllRanks), true);
}

/** A list with one tensor for each process of the group. */
function oneForEach(
  owner: string,
  name: string,
  list: readonly Tensor[],
  group: ProcessGroup | null,
): readonly Tensor[] {
  const tensors = tensorsOf(owner, name, list);
  const { size } = groupOf(owner, group);
  if (tensors.length !== size)
    throw new InputError(
      `${owner}: expected ${size} tensors in ${name}, one for each process, found ${tensors.length}`,
    );
  return tensors;
}

/** The list of the one process that gives it; empty in the others. */
function listOfOne(
  owner: string,
  name: string,
  who: string,
  list: readonly Tensor[] | null,
  rank: number,
  group: ProcessGroup | null,
): readonly Tensor[] {
  const members = groupOf(owner, group);
  const isIt = members.ranks[members.rank] === rank;
  if (isIt && list === null)
    throw new InputError(`${owner}: expected ${name} in the process ${rank}, which is ${who}, found none`);
  if (!isIt && list !== null && list.length > 0)
    throw new InputError(
      `${owner}: expected ${name} in the process ${rank} alone, which is ${who}, found one in another`,
    );
  return isIt ? oneForEach(owner, name, list!, group) : [];
}
