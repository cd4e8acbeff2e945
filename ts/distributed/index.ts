/** torch.distributed: several processes that compute together, of Node or of Python, on c10d's own engine. */
export * from './init';
export { isBackendAvailable, isGlooAvailable, isNcclAvailable } from './backends';
export { ReduceOp, startAllReduce, Work, type CollectiveOptions, type ReduceOptions } from './call';
export {
  allGather,
  allGatherIntoTensor,
  allReduce,
  allToAll,
  allToAllSingle,
  barrier,
  broadcast,
  broadcastCoalesced,
  gather,
  monitoredBarrier,
  reduce,
  reduceScatter,
  reduceScatterTensor,
  scatter,
  type AllToAllSingleOptions,
  type BroadcastCoalescedOptions,
  type GatherOptions,
  type MonitoredBarrierOptions,
  type ScatterOptions,
} from './collectives';
export * from './point-to-point';
export * from './objects';
export { ProcessGroup } from './process-group';
export {
  FileStore,
  HashStore,
  PrefixStore,
  Store,
  TCPStore,
  type FileStoreOptions,
  type StoreOptions,
  type TCPStoreOptions,
} from './store';
