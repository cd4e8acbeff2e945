/** What the training's thread, the server's thread and the page tell each other. Everything in it can be cloned and written as JSON. */
import type { ControlState } from '../controls';
import type { MetricsEntry } from '../metrics-logger';
import type { Score, ScoredStep } from '../runs/summary';
import type { SystemEntry } from '../system-log';
import type { Outcome, StepEvent } from '../types';

/** A line of the log. */
export interface LogLine {
  /** When, in milliseconds since 1970; null where a run folder does not say. */
  readonly time: number | null;
  readonly level: 'info' | 'good' | 'warning';
  readonly text: string;
}

export type RunState = 'running' | 'paused' | 'finished' | 'stopped' | 'failed';

/** What is written above a run's curves; each row is a name and a value. */
export interface RunFacts {
  /** config.yaml. */
  readonly config: string;
  /** What the last session ran under. */
  readonly conditions: readonly (readonly [string, string])[];
}

/** A run as a list shows it. */
export interface RunView {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly state: RunState;
  /** When it began, as in ISO 8601. */
  readonly began: string | null;
  readonly epoch: number;
  readonly epochs: number | null;
  readonly step: number;
  readonly steps: number | null;
  /** Training time so far, and the time left. */
  readonly seconds: number;
  readonly secondsLeft: number | null;
  readonly loss: number | null;
  readonly lr: number | null;
  readonly samplesPerSecond: number | null;
  readonly score: Score | null;
  readonly best: ScoredStep | null;
  /** What was asked of a run that can be steered; null for all others. */
  readonly controls: ControlState | null;
  readonly hasReport: boolean;
}

/** An image or a text of an evaluation. */
export interface Shown {
  readonly step: number;
  readonly name: string;
  /** Null for an image, which is asked for by its number. */
  readonly text: string | null;
}

/** What a training says of itself when it begins or goes on. */
export interface LiveStart {
  readonly path: string;
  readonly began: string;
  readonly score: Score;
  readonly facts: RunFacts;
  /** Optimizer steps done. */
  readonly step: number;
  /** The length of metrics.jsonl: what is behind it is told by messages. */
  readonly logBytes: number;
}

/** From the training's thread to the server's; `run` tells one training from others of the process. */
export type ToServer =
  | { readonly type: 'start'; readonly run: string; readonly start: LiveStart }
  | { readonly type: 'entry'; readonly run: string; readonly entry: MetricsEntry }
  | { readonly type: 'system'; readonly run: string; readonly entry: SystemEntry }
  | { readonly type: 'progress'; readonly run: string; readonly progress: StepEvent }
  | { readonly type: 'shown'; readonly run: string; readonly shown: Shown; readonly encoded: Uint8Array | null }
  | { readonly type: 'controls'; readonly run: string; readonly controls: ControlState }
  | { readonly type: 'paused'; readonly run: string; readonly paused: boolean }
  | { readonly type: 'end'; readonly run: string; readonly outcome: Outcome | 'failed' }
  | { readonly type: 'log'; readonly run: string; readonly line: LogLine }
  /** A line of the process, which is none of a training. */
  | { readonly type: 'say'; readonly line: LogLine }
  | { readonly type: 'close' };

export type FromServer =
  | { readonly type: 'listening'; readonly port: number }
  /** The server could not begin. */
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  | { readonly type: 'steer'; readonly run: string; readonly command: Command };

/** What a button of the page asks for. */
export type Command =
  | { readonly action: 'checkpoint' | 'pause' | 'resume' | 'stop' | 'unstop' }
  | { readonly action: 'scaleLearningRate'; readonly factor: number };

/** What the server's thread begins with. */
export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Folders whose runs are shown beside those of the process, as deep as `findRuns` looks. */
  readonly folders: readonly string[];
}
