import { fuzz, type Kind } from '../compile/model-fuzz';
import { onOneThread } from '../one-thread';
import { turns } from './minutes';

describe('ten thousand random inputs of compiled models', function () {
  this.timeout(0);
  onOneThread();

  for (const [kind, models] of Object.entries({ ViT: 600, DETR: 400 }))
    it(`are for a compiled ${kind} what they are for the model itself`, () =>
      fuzz(
        kind as Kind,
        Array.from({ length: turns(models) }, (_, i) => 1001 + i),
      ));
});
