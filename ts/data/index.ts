/** torch.data, which is torch.utils.data too: datasets, samplers, the loader that decodes beside the training step. */
export { defaultCollate, defaultConvert, type Collated } from './collate';
export { Dataset, IterableDataset, type DatasetLike, type Pass } from './dataset';
export {
  ChainDataset,
  ConcatDataset,
  randomSplit,
  StackDataset,
  Subset,
  TensorDataset,
  type RandomSplitOptions,
} from './datasets';
export { DataLoader, type Collate, type DataLoaderOptions } from './loader';
export { DistributedSampler, sharded, type DistributedSamplerOptions, type ShardOptions } from './distributed-sampler';
export { Rng } from './rng';
export { inOrder, shuffled, type SampleOrder } from './samplers';
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
  type RandomSamplerOptions,
  type SamplerOptions,
  type Sized,
  type WeightedRandomSamplerOptions,
} from './samplers';
export { shardOrder, type ShardOrderOptions } from './shards/shard-order';
export {
  ShardedDataset,
  type ShardedDatasetOptions,
  type ShardSample,
  type ShardsOptions,
} from './shards/sharded-dataset';
export { writeShards, type SampleToWrite, type WriteShardsOptions } from './shards/write-shards';
export { TarFile } from './tar';
export { getWorkerInfo } from './dataset';
export { ZipFile } from './zip';
