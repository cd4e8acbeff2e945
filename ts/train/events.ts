/** What a training loop tells its caller; it prints nothing itself. */
export type TrainEvent =
  | { readonly type: 'begin'; readonly epochs: number; readonly step: number; readonly steps: number }
  | StepEvent
  | {
      readonly type: 'evaluated';
      readonly epoch: number;
      readonly step: number;
      readonly metrics: Metrics;
      readonly best: boolean;
    }
  | { readonly type: 'checkpoint'; readonly step: number; readonly path: string }
  | { readonly type: 'end'; readonly step: number; readonly outcome: Outcome };

export interface StepEvent {
  readonly type: 'step';
  /** The running epoch, from 1, and how many there are. */
  readonly epoch: number;
  readonly epochs: number;
  /** Optimizer steps done and to do, over all epochs. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss of the most recent steps. */
  readonly loss: number;
  readonly lr: number;
  readonly imagesPerSecond: number;
  /** Seconds to the end, evaluations and checkpoints included; null while unknown. */
  readonly secondsLeft: number | null;
}

/** Named figures of one evaluation; null where a figure does not exist. */
export type Metrics = Readonly<Record<string, number | null>>;

/** Why the loop ended: all epochs done, no progress any more, or asked to stop. */
export type Outcome = 'completed' | 'stopped early' | 'interrupted';
