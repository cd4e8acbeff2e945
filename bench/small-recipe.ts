/** The recipe `small` as a user runs it: one call of the command line. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { takeTurns } from './worker-protocol';

const TINY = ['epochs=1', 'model.hiddenSize=48', 'model.numHiddenLayers=1'].flatMap((value) => ['--set', value]);

void takeTurns(({ faces, smoke }) => {
  const folder = mkdtempSync(join(tmpdir(), 'torchts-small-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const run = join(folder, 'run');
  const facecls = join(dirname(require.resolve('torchts/package.json')), 'dist', 'cli', 'facecls.js');
  return {
    measures: {
      wall: () => {
        rmSync(run, { recursive: true, force: true });
        const start = performance.now();
        const args = [facecls, 'train', '--preset', 'small', '--data', faces, '--run', run, ...(smoke ? TINY : [])];
        // In a folder of its own, so that no cache of an earlier run spares the decoding.
        const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
        if (status !== 0) throw new Error(`facecls train ended with code ${status}: ${stderr.trim()}`);
        return (performance.now() - start) / 1000;
      },
      accuracy: () => {
        const { test } = JSON.parse(readFileSync(join(run, 'metrics.json'), 'utf8')) as {
          test: { meanAccuracy: number };
        };
        return 100 * test.meanAccuracy;
      },
    },
  };
});
