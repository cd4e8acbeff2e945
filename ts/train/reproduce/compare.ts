/** Whether two runs ended with the same bits, and where they part. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { safetensors, scoped, type Tensor } from '../../tensor';
import { type MetricsEntry, readMetricsLog } from '../metrics-logger';
import { type CheckpointName, readFinalMetrics } from '../run';
import { usableFolder } from '../atomic';

/** What two runs have in common. */
export interface Comparison {
  /** Whether all of the others is true. */
  readonly same: boolean;
  /** Of each checkpoint that either run has: whether model and optimizer are the same bytes. */
  readonly checkpoints: Readonly<Partial<Record<CheckpointName, boolean>>>;
  /** The largest distance between two weights of the last checkpoints; null where they are not of one shape, or there are none. */
  readonly weightDistance: number | null;
  /** The first line of metrics.jsonl that differs, the times left out; null where none does. */
  readonly firstDifference: LogDifference | null;
  /** Whether metrics.json is the same. */
  readonly metrics: boolean;
}

/** The first step at which the logs of two runs part. */
export interface LogDifference {
  readonly step: number;
  /** The first name whose values differ. */
  readonly name: string;
  readonly values: readonly [number | string | null | undefined, number | string | null | undefined];
}

const FILES = ['model.safetensors', 'optimizer.safetensors'];

/** What depends on the clock. */
const TIMES = new Set(['seconds', 'imagesPerSecond']);

/** Compares two run folders. */
export function compareRuns(first: string, second: string): Comparison {
  const pairs = (['last', 'best'] as const).map((name) => {
    const folders = [first, second].map((path) => usableFolder(join(path, 'checkpoints', name)));
    return [name, folders] as const;
  });
  const checkpoints = Object.fromEntries(
    pairs
      .filter(([, folders]) => folders.some((folder) => folder !== undefined))
      .map(([name, [a, b]]) => [
        name,
        a !== undefined && b !== undefined && FILES.every((file) => sameFile(a, b, file)),
      ]),
  );
  const firstDifference = firstDifferenceOf(logOf(first), logOf(second));
  const metrics = JSON.stringify(readFinalMetrics(first)) === JSON.stringify(readFinalMetrics(second));
  const [a, b] = pairs[0]![1];
  return {
    same: Object.values(checkpoints).every(Boolean) && firstDifference === null && metrics,
    checkpoints,
    weightDistance: a === undefined || b === undefined ? null : weightDistance(a, b),
    firstDifference,
    metrics,
  };
}

function sameFile(a: string, b: string, name: string): boolean {
  const [one, other] = [join(a, name), join(b, name)];
  if (!existsSync(one) || !existsSync(other)) return existsSync(one) === existsSync(other);
  return readFileSync(one).equals(readFileSync(other));
}

function weightDistance(a: string, b: string): number | null {
  const files = [a, b].map((folder) => join(folder, FILES[0]!));
  if (!files.every((file) => existsSync(file))) return null;
  return scoped(() => {
    const [one, other] = files.map((file) => safetensors.load(file)) as [Tensors, Tensors];
    let distance = 0;
    for (const [name, tensor] of Object.entries(one)) {
      const twin = other[name];
      if (twin === undefined || String(twin.shape) !== String(tensor.shape)) return null;
      if (tensor.numel() > 0)
        distance = Math.max(distance, Number(tensor.to('float64').sub(twin.to('float64')).abs().max().item()));
    }
    return Object.keys(other).length === Object.keys(one).length ? distance : null;
  });
}

type Tensors = Readonly<Record<string, Tensor>>;

function logOf(path: string): MetricsEntry[] {
  return readMetricsLog(join(path, 'metrics.jsonl'));
}

function firstDifferenceOf(a: readonly MetricsEntry[], b: readonly MetricsEntry[]): LogDifference | null {
  for (let line = 0; line < Math.max(a.length, b.length); line++) {
    const [one, other] = [a[line], b[line]];
    const names = new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})]);
    const name = [...names].find((key) => !TIMES.has(key) && one?.[key] !== other?.[key]);
    if (name !== undefined) return { step: (one ?? other)!.step, name, values: [one?.[name], other?.[name]] };
  }
  return null;
}
