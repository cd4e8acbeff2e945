import type { Tensor } from '../../tensor';
import type { Extent } from '../../vision/boxes';
import type { ConfigTree } from '../config/keys';
import type { MetricsEntry } from '../metrics-logger';
import type { Session } from '../reproduce/run-file';
import type { SystemEntry } from '../system-log';
import type { Outcome } from '../types';
import type { Histogram } from './histogram';

/** A training that begins, or goes on. */
export interface TrackedRun {
  /** The run folder. */
  readonly path: string;
  readonly config: ConfigTree;
  /** What it is trained under. */
  readonly session: Session;
  /** Optimizer steps done: 0 in the beginning, those of the checkpoint after a resume. */
  readonly step: number;
  /** Whether this is not the first process that trains it. */
  readonly resumed: boolean;
  /** The length that metrics.jsonl has: what was reported behind it is undone, and comes again. */
  readonly logBytes: number;
  /** Says something that does not end the training. */
  readonly warn: (message: string) => void;
}

/** An image of an evaluation. */
export interface TrackedImage extends Extent {
  readonly name: string;
  readonly step: number;
  /** A JPEG or PNG file. */
  readonly encoded: Uint8Array;
}

/** A text of an evaluation, in Markdown. */
export interface TrackedText {
  readonly name: string;
  readonly step: number;
  readonly markdown: string;
}

/** How the values of a weight, or of its gradient, are spread. */
export interface TrackedHistogram {
  readonly name: string;
  readonly step: number;
  readonly histogram: Histogram;
}

/** A checkpoint that is about to be written. */
export interface TrackedCheckpoint {
  readonly path: string;
  readonly step: number;
  /** The length of metrics.jsonl, by which a resume knows the checkpoint. */
  readonly logBytes: number;
}

/**
 * Is told what a training does, and shows it somewhere. It has the methods for what it can show. One that throws is not asked again:
 * the training goes on without it and says so by an event.
 */
export interface Tracker {
  /** Names it in warnings. */
  readonly name: string;
  begin?(run: TrackedRun): void | Promise<void>;
  /** A line of metrics.jsonl. */
  metrics?(entry: MetricsEntry): void;
  /** A line of system.jsonl: speed, waiting for data, memory. */
  system?(entry: SystemEntry): void;
  image?(image: TrackedImage): void;
  text?(text: TrackedText): void;
  histogram?(histogram: TrackedHistogram): void;
  /** Before a checkpoint is written. */
  checkpoint?(checkpoint: TrackedCheckpoint): void;
  /** After the last step; also after an error, and then as `failed`. */
  end?(outcome: Outcome | 'failed'): void | Promise<void>;
}

/** What an evaluation shows beside its metrics: trackers get it once the evaluation is through. */
export interface EvaluationLog {
  /** Whether anybody looks at images; drawing them would be in vain otherwise. */
  readonly wantsImages: boolean;
  /** @param encoded a JPEG or PNG file @throws InputError for other bytes */
  image(name: string, encoded: Uint8Array): void;
  /** @param markdown shown as Markdown where that is possible */
  text(name: string, markdown: string): void;
  /** How the values of a tensor are spread. */
  histogram(name: string, tensor: Tensor): void;
}
