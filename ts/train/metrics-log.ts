import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One line of metrics.jsonl. `step` counts optimizer steps, 0 for an evaluation of the start; `seconds` is training time so far. */
export interface MetricsEntry {
  readonly kind: 'train' | 'val';
  /** Epochs begun, from 1; 0 before the first step. */
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly [name: string]: number | string | null;
}

/** metrics.jsonl: one JSON object a line, appended as training goes. */
export class MetricsLog {
  private readonly file: number;

  constructor(readonly path: string) {
    this.file = openSync(path, 'a+');
  }

  append(entry: MetricsEntry): void {
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  /** The length of the file once everything written is on disk: what a checkpoint remembers. */
  flush(): number {
    fsyncSync(this.file);
    return this.bytes;
  }

  /** Forgets all lines after the first `bytes` bytes. */
  truncate(bytes: number): void {
    if (bytes < this.bytes) ftruncateSync(this.file, bytes);
  }

  close(): void {
    closeSync(this.file);
  }

  private get bytes(): number {
    return fstatSync(this.file).size;
  }
}

/** The lines of a metrics.jsonl; a last line that a kill cut short is left out. */
export function readMetricsLog(path: string): MetricsEntry[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as MetricsEntry);
}
