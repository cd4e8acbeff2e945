/** The typed seam to the second addon (`native/distributed`), which is loaded when other processes are first spoken to. */
import { isMainThread } from 'node:worker_threads';
import { InputError } from '../errors';
import { binding, throwingFunctions } from './binding';
import { isBeside, loadBeside } from './load';

/** Of a call: group, name, inputs, outputs, reduce operation, peer, timeout, input splits, output splits, tag. */
export type CollectiveArguments = readonly [
  group: number,
  name: string,
  inputs: readonly number[],
  outputs: readonly number[],
  op: number,
  peer: number,
  timeout: number,
  inputSplits: readonly number[],
  outputSplits: readonly number[],
  tag: number,
];

/** A call that has begun; the addon knows what is in it. */
export interface StartedCall {
  readonly started: unique symbol;
}

/** What makes NCCL's part of a group (native/distributed/nccl). */
export interface NcclFactory {
  readonly factory: unique symbol;
}

export interface DistributedBinding {
  // addon.cc
  attach(extension: unknown): void;
  // stores.cc; every promise is of work on another thread, and bytes come as copies
  tcpStore(
    host: string,
    port: number,
    isServer: boolean,
    worldSize: number,
    waitForWorkers: boolean,
    timeout: number,
  ): Promise<number>;
  fileStore(path: string, worldSize: number, timeout: number): Promise<number>;
  hashStore(timeout: number): Promise<number>;
  prefixStore(prefix: string, store: number): number;
  storePort(store: number): number;
  storeSet(store: number, key: string, value: Uint8Array): Promise<boolean>;
  storeGet(store: number, key: string): Promise<Buffer>;
  storeAdd(store: number, key: string, amount: number): Promise<number>;
  storeCompareSet(store: number, key: string, expected: Uint8Array, desired: Uint8Array): Promise<Buffer>;
  storeWait(store: number, keys: readonly string[], timeout: number): Promise<boolean>;
  storeCheck(store: number, keys: readonly string[]): Promise<boolean>;
  storeDelete(store: number, key: string): Promise<boolean>;
  storeCount(store: number): Promise<number>;
  storeFree(store: number): Promise<undefined>;
  // groups.cc
  groupNew(
    glooStore: number | null,
    ncclStore: number | null,
    nccl: NcclFactory | null,
    store: number,
    rank: number,
    size: number,
    timeout: number,
    name: string,
  ): Promise<number>;
  groupFree(group: number): Promise<undefined>;
  monitoredBarrier(group: number, timeout: number, waitAllRanks: boolean): Promise<undefined>;
  // collectives.cc
  collective(...args: CollectiveArguments): Promise<number | undefined>;
  collectiveStart(...args: CollectiveArguments): StartedCall;
  collectiveWait(call: StartedCall): void; // blocks
  // reducers.cc
  reducerNew(
    group: number,
    parameters: readonly number[],
    names: readonly string[],
    firstBucketBytes: number,
    bucketBytes: number,
    findUnusedParameters: boolean,
    gradientAsBucketView: boolean,
    staticGraph: boolean,
  ): number;
  broadcastCoalesced(group: number, tensors: readonly number[], messageBytes: number, source: number): void;
  reducerForward(reducer: number, synchronizes: boolean): void;
  reducerBackward(reducer: number, outputs: readonly number[]): void;
  reducerSink(reducer: number, outputs: readonly number[]): number[];
  reducerDelay(reducer: number, outputs: readonly number[]): void;
  reducerHook(reducer: number, hook: number): void;
  reducerFunctionHook(reducer: number, parameters: readonly number[], callback: number): void;
  reducerBuckets(reducer: number): number[];
  reducerFree(reducer: number): void;
}

let loaded: DistributedBinding | undefined;

/**
 * The second addon.
 * @throws InputError in a worker thread
 * @throws AddonError when it is not built
 */
export function distributedBinding(): DistributedBinding {
  if (loaded) return loaded;
  if (!isMainThread)
    throw new InputError(
      'torch.distributed: a rank is a process, and this is a worker thread; call it in the main thread, or start processes with `torchts run`',
    );
  const addon = throwingFunctions(loadBeside('torchts_distributed')) as unknown as DistributedBinding;
  addon.attach(binding.extension());
  loaded = addon;
  return addon;
}

/** Whether NCCL was compiled with the addon: where libtorch was a build for CUDA, and NVIDIA's headers were at hand. */
export function hasNccl(): boolean {
  return isBeside('torchts_nccl');
}

/**
 * The third addon, which is linked to the libraries of CUDA.
 * @throws AddonError when it is not built, or the libtorch in use is one for the CPU
 */
export function ncclFactory(): NcclFactory {
  const addon = throwingFunctions(loadBeside('torchts_nccl')) as unknown as { factory(): NcclFactory };
  return addon.factory();
}
