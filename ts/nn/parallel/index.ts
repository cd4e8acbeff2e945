/** torch.nn.parallel. */
export * from './comm-hooks';
export { DistributedDataParallel, type DistributedDataParallelOptions } from './distributed-data-parallel';
