/**
 * Counts the files that one image passes through, from the zip to the first step of the optimizer: those of ts/ in which a
 * function ran while facecls, with everything opened, trained for one step. What every operator passes through (ts/tensor,
 * ts/native) is the other way in docs/architecture.md, and is counted apart.
 *
 *     npx tsx scripts/image-path.ts [--list]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { ZipWriter } from '../ts/data/zip-writer';
import { bytesIn } from '../ts/native/replace-file';
import { resolveFaceConfig } from '../ts/tasks/facecls/config';
import { presets } from '../ts/tasks/facecls/presets';
import { train } from '../ts/tasks/facecls/train';

const root = resolve(__dirname, '..');

/** A dataset of eight faces whose images lie in a zip, as CelebA's do. */
async function writeFaces(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const names = Array.from({ length: 8 }, (_, i) => `${String(i + 1).padStart(6, '0')}.jpg`);
  const chunks: Uint8Array[] = [];
  const zip = new ZipWriter((bytes) => void chunks.push(Buffer.from(bytesIn(bytes))));
  for (const name of names) {
    const pixels = Uint8Array.from({ length: 3 * 24 * 24 }, (_, i) => (31 * i) % 251);
    const jpeg = await sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
      .jpeg()
      .toBuffer();
    zip.add(`img_align_celeba/${name}`, jpeg);
  }
  zip.end();
  writeFileSync(join(folder, 'img_align_celeba.zip'), Buffer.concat(chunks));
  const rows = names.map((name, i) => `${name} ${i % 2 === 0 ? ' 1' : '-1'}\n`);
  writeFileSync(join(folder, 'list_attr_celeba.txt'), `8\nSmiling\n${rows.join('')}`);
  const splits = names.map((name, i) => `${name} ${i < 4 ? 0 : i < 6 ? 1 : 2}\n`);
  writeFileSync(join(folder, 'list_eval_partition.txt'), splits.join(''));
}

/** The files of ts/ in which a function ran between the begin of the loop and the first step. */
async function filesOfOneStep(folder: string): Promise<string[]> {
  await writeFaces(join(folder, 'faces'));
  const config = resolveFaceConfig({
    base: presets.tiny,
    set: ['epochs=1', 'batchSize=4', 'device=cpu', `data.folder=${join(folder, 'faces')}`, 'data.cache=null'],
  });
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const stop = new AbortController();
  let coverage: ReturnType<typeof take> | undefined;
  const take = () => session.post('Profiler.takePreciseCoverage');
  await train({
    config,
    run: join(folder, 'run'),
    signal: stop.signal,
    onEvent: ({ type }) => {
      // What was counted until then is forgotten: model, dataset and run folder are open.
      if (type === 'begin') void take();
      if (type !== 'step' || coverage) return;
      coverage = take();
      stop.abort();
    },
  });
  const { result } = await coverage!;
  return result
    .filter(({ functions }) => functions.slice(1).some(hasRun))
    .flatMap(({ url }) => (url.startsWith('file:') ? [relative(root, fileURLToPath(url))] : []))
    .filter((path) => path.startsWith('ts/'))
    .sort();
}

/** Whether a function was called that somebody wrote: for each export the compiler adds one, `()=>name`. */
function hasRun({ functionName, ranges: [whole] }: Profiler.FunctionCoverage): boolean {
  const isExport = whole!.endOffset - whole!.startOffset === `()=>${functionName}`.length;
  return whole!.count > 0 && !isExport;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'image-path-'));
  try {
    const files = await filesOfOneStep(folder);
    const below = (path: string) => /^ts\/(tensor|native)\//.test(path) || !/^ts\/\w+\//.test(path);
    // An index.ts only wires; trackers are told of a step, no image passes through them.
    const way = files.filter((path) => !below(path) && !/(^ts\/train\/tracking\/|\/index\.ts$)/.test(path));
    if (process.argv.includes('--list')) console.log(way.join('\n'));
    console.log(
      `${way.length} files from the zip to the first step, beside ${files.filter(below).length} of ts/tensor and ts/native`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
