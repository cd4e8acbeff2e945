/** Face images in shards to normalised batches: from an HTTP server of this machine, and from its disk. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { data, vision } from 'torchts';
import { takeTurns } from './worker-protocol';

const BATCH = 64;
const HALF = [0.5, 0.5, 0.5];
const STREAMS = 2;
const SHARDS = 80;

interface Shards {
  readonly folder: string;
  readonly bytes: number;
  readonly samples: number;
}

void takeTurns(async ({ faces, smoke }) => {
  const root = mkdtempSync(join(dirname(faces), 'shards-')); // the runner removes what lies there
  const shards = await writeFaces(faces, join(root, 'shards'), smoke ? 4 * BATCH : 160 * BATCH);
  const server = spawn(process.execPath, [join(__dirname, 'file-server.js'), shards.folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = `http://127.0.0.1:${await portOf(server)}`;
  // A tenth of the dataset is on this machine at a time, and never what an earlier pass has left.
  const cacheBytes = Math.ceil(shards.bytes / 10);
  const fromServer = async (batches?: number): Promise<Pass> => {
    const cacheFolder = mkdtempSync(join(root, 'cache-'));
    try {
      return await readShards(url, { cacheFolder, cacheBytes }, batches);
    } finally {
      rmSync(cacheFolder, { recursive: true });
    }
  };
  return {
    facts: { shards: `${shards.samples} images in ${Math.round(shards.bytes / 1e6)} MB` },
    measures: {
      http: async () => (await fromServer()).rate,
      disk: async () => (await readShards(shards.folder)).rate,
      'memory-whole': async () => (await fromServer()).residentBytes,
      'memory-tenth': async () => (await fromServer(Math.ceil(shards.samples / BATCH / 10))).residentBytes,
    },
  };
});

interface Pass {
  /** Images a second. */
  readonly rate: number;
  /** The most that the process had in memory after a batch. */
  readonly residentBytes: number;
}

/** One pass, or its beginning. */
async function readShards(source: string, cache: data.ShardsOptions = {}, batches = Infinity): Promise<Pass> {
  const samples = await data.ShardedDataset.open(source, { split: 'train', ...cache });
  const processor = new vision.ImageProcessor({ imageMean: HALF, imageStd: HALF });
  const dataset: data.Dataset<vision.RgbImage> = {
    length: samples.length,
    load: async (index) => vision.decodeImage(await samples.read(index, 'jpg'), samples.describe(index)),
    expect: (indices) => samples.expect(indices),
  };
  const sampler = samples.order({
    batchSize: BATCH,
    shuffleBuffer: Math.ceil(samples.length / SHARDS),
    streams: STREAMS,
  });
  const loader = new data.DataLoader(dataset, (images: vision.RgbImage[]) => processor.preprocess(images), {
    batchSize: BATCH,
    sampler,
  });
  const start = performance.now();
  let [seen, left, residentBytes] = [0, batches, 0];
  for await (const batch of loader.epoch(0)) {
    seen += batch.size(0);
    batch.dispose();
    residentBytes = Math.max(residentBytes, process.memoryUsage.rss());
    if (--left <= 0) break;
  }
  const rate = (1000 * seen) / (performance.now() - start);
  await samples.close();
  return { rate, residentBytes };
}

/** The faces again and again, in about so many shards. */
async function writeFaces(faces: string, folder: string, count: number): Promise<Shards> {
  const { names, read } = openFaces(faces);
  const bytes = (await read(names[0]!)).length;
  const samples = async function* (): AsyncGenerator<data.SampleToWrite> {
    for (let i = 0; i < count; i++) yield { key: `f${i}`, members: { jpg: await read(names[i % names.length]!) } };
  };
  await data.writeShards(folder, { train: samples() }, { maxBytes: Math.ceil((count * (bytes + 1024)) / SHARDS) });
  const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return { folder, bytes: total, samples: count };
}

function openFaces(folder: string): { names: readonly string[]; read(name: string): Promise<Buffer> } {
  const unpacked = join(folder, 'img_align_celeba');
  if (statSync(`${unpacked}.zip`, { throwIfNoEntry: false })) {
    const zip = new data.ZipFile(`${unpacked}.zip`);
    const names = [...zip.members.keys()].filter((name) => basename(name).endsWith('.jpg')).sort();
    return { names, read: (name) => zip.read(name) };
  }
  const names = readdirSync(unpacked).filter((name) => name.endsWith('.jpg'));
  return { names: names.sort(), read: async (name) => readFileSync(join(unpacked, name)) };
}

async function portOf(server: ChildProcess): Promise<number> {
  const [line] = (await once(server.stdout!, 'data')) as [Buffer];
  return Number(line.toString());
}
