/** The recipe `small` as a user runs it: one call of the command line. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { takeTurns } from './turns';

const TINY = ['--set', 'epochs=1', '--set', 'model.numHiddenLayers=1'];

void takeTurns(({ faces, smoke }) => {
  const folder = mkdtempSync(join(tmpdir(), 'torchts-small-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const run = join(folder, 'run');
  const facecls = join(dirname(require.resolve('torchts/package.json')), 'dist', 'cli', 'facecls.js');
  return {
    measures: {
      wall: () => {
        const start = performance.now();
        const { status, stderr } = spawnSync(process.execPath, [facecls, 'train', '--preset', 'small', '--data', faces, '--out', run, ...(smoke ? TINY : [])], { encoding: 'utf8' });
        if (status !== 0) throw new Error(`facecls train ended with code ${status}: ${stderr.trim()}`);
        return (performance.now() - start) / 1000;
      },
      accuracy: () => {
        const { test } = JSON.parse(readFileSync(join(run, 'metrics.json'), 'utf8')) as { test: { meanAccuracy: number } };
        return 100 * test.meanAccuracy;
      },
    },
  };
});
