/**
 * How training with data parallelism scales to more processes than this machine has, by a model of what was measured here. Prints tables
 * in Markdown; docs/distributed.md has them, and the model in words.
 *
 *     node build/bench/run.js --only data-parallel
 *     node build/bench/scaling.js
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { models } from 'torchts';
import type { Entry } from './results';

/** What one process does by itself. */
export interface Training {
  /** Of a step that nobody else takes part in. */
  readonly seconds: number;
  /** Of all gradients. */
  readonly bytes: number;
}

/** What all-reduces travel through. */
export interface Network {
  readonly bytesPerSecond: number;
  /** Seconds from a call that sends to the one that receives. */
  readonly latency: number;
}

/** Messages that follow each other in an all-reduce of n processes. c10d calls Gloo's ring; Gloo has the other as well. */
const ROUNDS = {
  ring: (processes: number) => 2 * (processes - 1),
  'halving and doubling': (processes: number) => 2 * Math.ceil(Math.log2(processes)),
} as const;
export type Algorithm = keyof typeof ROUNDS;

/** DistributedDataParallel's. */
const BUCKET_BYTES = 25 * 2 ** 20;
/** A backward pass has two products of matrices for each one of the forward pass. */
const BACKWARD = 2 / 3;

/** Seconds of an all-reduce: each process sends and gets all bytes twice, but for its own part. */
export function allReduceSeconds(bytes: number, processes: number, network: Network, algorithm: Algorithm): number {
  const sent = (2 * (processes - 1) * bytes) / processes;
  return ROUNDS[algorithm](processes) * network.latency + sent / network.bytesPerSecond;
}

/**
 * The time of a step alone over that of a step of all. Buckets of gradients become ready one after the other in the backward pass, and
 * travel one after the other: the first leaves as soon as it is there, the last once the pass is done.
 */
export function efficiency(
  { seconds, bytes }: Training,
  processes: number,
  network: Network,
  algorithm: Algorithm,
): number {
  const buckets = Math.max(1, Math.ceil(bytes / BUCKET_BYTES));
  const travel = allReduceSeconds(bytes / buckets, processes, network, algorithm);
  const backward = BACKWARD * seconds;
  const end = Math.max(backward / buckets + buckets * travel, backward + travel);
  return seconds / (seconds - backward + end);
}

/**
 * A link of so many Gbit/s, between processes that take as long for a message and its bytes as two on one machine; without end and latency
 * it is that machine.
 */
export function networkOf(gigabits: number, linkLatency: number, { call, megabytes }: Loopback): Network {
  const secondsPerByte = megabytes / (100 * 2 ** 20) + 8 / (gigabits * 1e9);
  return { bytesPerSecond: 1 / secondsPerByte, latency: call / ROUNDS.ring(2) + linkLatency };
}

/** Seconds of an all-reduce of two processes on one machine, each of which sends and gets what there is once. */
export interface Loopback {
  /** Of 1 kB. */
  readonly call: number;
  /** Of 100 MB. */
  readonly megabytes: number;
}

const PROCESSES = Array.from({ length: 11 }, (_, power) => 2 ** power);
const GIGABITS = [1, 10, 25, 100];
/** Between machines of one data centre, over TCP: an assumption. */
const LINK_LATENCY = 20e-6;

/** One row for each number of processes, one column for each link. */
export function table(training: Training, loopback: Loopback, algorithm: Algorithm): string {
  const rows = PROCESSES.map((processes) => [
    processes.toLocaleString('en-US'),
    ...GIGABITS.map((gigabits) => {
      const network = networkOf(gigabits, LINK_LATENCY, loopback);
      return `${(100 * efficiency(training, processes, network, algorithm)).toFixed(0)} %`;
    }),
  ]);
  const header = ['processes', ...GIGABITS.map((gigabits) => `${gigabits} Gbit/s`)];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Bytes of the gradients of the models, by their titles in the case data-parallel. Of the weights only the shapes are made. */
async function gradientBytes(): Promise<Readonly<Record<string, number>>> {
  const { models } = await import('torchts');
  const meta = { device: 'meta' } as const;
  const vit = (sizes: models.ViTOptions) =>
    models.ViTForImageClassification.fromConfig({ ...sizes, numLabels: 40 }, meta);
  const backboneConfig = models.ResNetConfig.named('resnet50', {});
  const detr = models.DetrForObjectDetection.fromConfig({ backboneConfig, numLabels: 91 }, meta);
  detr.model.backbone.trainStages([2, 3, 4]);
  const bytesOf = (model: models.PretrainedModel) =>
    model.parameters().reduce((sum, { requiresGrad, nbytes }) => sum + (requiresGrad ? nbytes : 0), 0);
  return {
    'ViT tiny': bytesOf(vit({ hiddenSize: 192, numAttentionHeads: 3, intermediateSize: 768 })),
    'ViT-B/16': bytesOf(vit({})),
    'DETR-R50': bytesOf(detr),
  };
}

/** The figures of ours in the newest run of the case, by their titles. @throws Error where it was not run */
function measured(path: string): (title: string) => number {
  const entries = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Entry[]) : [];
  const newest = entries
    .filter(({ name, device }) => name === 'data-parallel' && device === 'cpu')
    .sort((a, b) => (a.date < b.date ? 1 : -1))[0];
  return (title) => {
    const value = newest?.statistics.find((statistics) => statistics.title === title)?.ours?.middle;
    if (value === undefined)
      throw new Error(
        `Expected '${title}' of the case data-parallel in ${path}, found none; run run.js --only data-parallel.`,
      );
    return value;
  };
}

async function main(path?: string): Promise<void> {
  const metric = measured(path ?? join(dirname(require.resolve('torchts/package.json')), 'bench/results.json'));
  const loopback = { call: metric('all-reduce of 1 kB'), megabytes: metric('all-reduce of 100 MB') };
  for (const [title, bytes] of Object.entries(await gradientBytes())) {
    const [together, measuredPercent] = [metric(`a step of ${title}`), metric(`efficiency, ${title}`)];
    const training = { seconds: (together * measuredPercent) / 100, bytes };
    const here = 100 * efficiency(training, 2, networkOf(Infinity, 0, loopback), 'ring');
    console.log(
      `${title}: ${training.seconds.toPrecision(3)} s a step, ${(bytes / 1e6).toFixed(0)} MB of gradients. ` +
        `Two processes here: ${measuredPercent.toFixed(0)} % measured, ${here.toFixed(0)} % by the model.\n`,
    );
    for (const algorithm of Object.keys(ROUNDS) as Algorithm[])
      console.log(`${title}, ${algorithm}:\n\n${table(training, loopback, algorithm)}\n`);
  }
}

if (require.main === module)
  main(process.argv[2]).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
