/** Trains on drawn faces in a process that may be killed: `report-kill-program.ts <faces> <run>`. It says when the report begins. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FaceConfig } from '../../ts/tasks/facecls/config';
import { presets } from '../../ts/tasks/facecls/presets';
import { train } from '../../ts/tasks/facecls/train';

const [faces, run] = process.argv.slice(2) as [string, string];
const config: FaceConfig = {
  ...presets.tiny,
  epochs: 1,
  batchSize: 8,
  device: 'cpu',
  data: { ...presets.tiny.data, folder: faces, cache: null, prefetch: 2 },
  model: {
    ...presets.tiny.model,
    imageSize: 32,
    hiddenSize: 16,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 32,
  },
};

void train({
  config,
  run,
  resume: existsSync(join(run, 'config.yaml')),
  onEvent: ({ type }) => void (type === 'end' && process.stdout.write('end\n')),
});
