import { onOneThread } from '../one-thread';
import { fuzz } from './model-fuzz';

describe('torch.compile of the models, on random inputs', () => {
  onOneThread();
  const seed = process.env['TORCHTS_FUZZ_SEED'];
  const seeds = (count: number): number[] =>
    seed === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(seed)];

  it('does with each what a ViT does', () => fuzz('ViT', seeds(15)));

  it('does with each what a DETR does', () => fuzz('DETR', seeds(4)));
});
