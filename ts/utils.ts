/** torch.utils: checkpoints of activations, and the data of `torch.utils.data`. */
export * from './tensor/checkpoint/checkpoint';
export * as data from './data';
