/**
 * A batch that several processes divide, padded in all of them as in one. What a detector says of an image depends on the padding beside
 * it: behind the first normalisation padded pixels are no zeros any more, as they are beyond the edge, and the mask of the feature map is
 * taken from the padded size. The authors' code pads each process's part by itself.
 */
import type { Batches } from '../../data/loader';
import { pin } from '../../data/load-ahead';
import * as torch from '../../tensor';
import type { Processes } from '../../train/distributed/processes';
import type { BatchSource } from '../../train/types';
import type { Extent } from '../../vision/boxes';
import type { DetectionBatch } from './batches';

/** The same batches, whose parts are as high and wide as the largest image of all processes. */
export function withPaddedParts(
  batches: Batches<DetectionBatch>,
  processes: Pick<Processes, 'max'>,
): BatchSource<DetectionBatch> {
  return {
    batches: batches.batches,
    epoch: (epoch, options) => batches.epoch(epoch, options),
    shard: (rank, worldSize) => {
      const part = batches.shard(rank, worldSize);
      return { ...part, epoch: (epoch, options) => padded(part.epoch(epoch, options), processes) };
    },
  };
}

/** The processes agree when a batch is due, which is in the same order in all of them; one without a part is asked as well. */
async function* padded(
  parts: AsyncIterable<DetectionBatch | null>,
  processes: Pick<Processes, 'max'>,
): AsyncGenerator<DetectionBatch | null, void, undefined> {
  for await (const part of parts) {
    const [, , height = 0, width = 0] = part?.pixelValues.shape ?? [];
    const [highest, widest] = (await processes.max([height, width])) as [number, number];
    yield part && paddedTo(part, { height: highest, width: widest });
  }
}

/** A batch padded to the right and below; the tensors of a smaller one are freed. */
function paddedTo(batch: DetectionBatch, { height, width }: Extent): DetectionBatch {
  const { pixelValues, pixelMask } = batch; // (B, 3, h, w), (B, h, w)
  const [, h, w] = pixelMask.shape as [number, number, number];
  if (h === height && w === width) return batch;
  const padding = [0, width - w, 0, height - h];
  const larger = torch.scoped(() =>
    pin({
      pixelValues: torch.constantPadNd(pixelValues, padding), // (B, 3, h, w) -> (B, 3, H, W)
      pixelMask: torch.constantPadNd(pixelMask, padding), // (B, h, w) -> (B, H, W)
    }),
  ) as Pick<DetectionBatch, 'pixelValues' | 'pixelMask'>;
  pixelValues.dispose();
  pixelMask.dispose();
  return { ...batch, ...larger };
}
