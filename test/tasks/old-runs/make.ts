/**
 * Made test/golden/runs, once: an interrupted run of each task as the version of that day left it, and what it ends with.
 * They are to stay as they are: a run of today's making would prove nothing of the runs that people have.
 *
 *     npx tsx test/tasks/old-runs/make.ts <folder>
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { train as trainFaces } from '../../../ts/tasks/facecls/train';
import { train as trainDetector } from '../../../ts/tasks/vocdet/train';
import { setNumThreads } from '../../../ts/tensor';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { detectionConfig, faceConfig, INTERRUPTED_STEP, writeData } from './recipes';

async function make(target: string): Promise<void> {
  setNumThreads(1);
  const root = mkdtempSync(join(tmpdir(), 'old-runs-'));
  for (const task of ['facecls', 'vocdet'] as const) {
    const data = await writeData(task, join(root, task));
    const start = (run: string, interrupted: boolean) => {
      const stop = new AbortController();
      const options = {
        run,
        signal: stop.signal,
        onEvent: (event: { type: string; step: number }) =>
          interrupted && event.type === 'step' && event.step === INTERRUPTED_STEP && stop.abort(),
      };
      return task === 'facecls'
        ? trainFaces({ ...options, config: faceConfig(data) })
        : trainDetector({ ...options, config: detectionConfig(data) });
    };
    mkdirSync(target, { recursive: true });
    const stopped = join(root, `${task}-stopped`);
    await start(stopped, true);
    cpSync(stopped, join(target, task), { recursive: true, filter: (path) => !path.endsWith('train.lock') });
    const whole = join(root, `${task}-whole`);
    const { metrics } = await start(whole, false);
    const log = readMetricsLog(join(whole, 'metrics.jsonl')).map(
      ({ seconds: _, imagesPerSecond: __, ...rest }) => rest,
    );
    writeFileSync(join(target, `${task}.json`), `${JSON.stringify({ log, metrics }, null, 2)}\n`);
  }
  rmSync(root, { recursive: true });
}

void make(process.argv[2]!);
