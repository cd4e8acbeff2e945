/** What a case is: the one thing it times, how often, and the figure it has to reach. */
import { join } from 'node:path';
import type { Link } from './hosts';

/** `rate` is something a second. Points are hundredths, and compared by their difference; all else by its ratio. */
export type Unit = 'seconds' | 'bytes' | 'rate' | 'points';

/** What ours over the peer's, or of points ours less the peer's, has to be. */
export interface Target {
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Measure {
  /** How the sides know it: the line `run <name>` asks for it. */
  readonly name: string;
  /** The name of the peer's counterpart. @default name */
  readonly peer?: string;
  readonly title: string;
  readonly unit: Unit;
  /** Seconds that are compared by their difference, where the target is a number of seconds. @default false */
  readonly byDifference?: boolean;
  /** The device that it is for. @default all */
  readonly device?: 'cpu' | 'cuda';
  /** Without one the figure is for context. */
  readonly target?: Target;
}

/** What the runner makes before the sides start, all in one folder. */
export type Need =
  'checkpoint' | 'photo' | 'faces' | 'detector' | 'scenes' | 'onnxCheckpoint' | 'onnxDetector' | 'trained';

/** Where each of them lies. */
export function needPaths(folder: string): Readonly<Record<Need, string>> {
  const files = {
    checkpoint: 'checkpoint',
    photo: 'photo.jpg',
    faces: 'faces',
    detector: 'detector',
    scenes: 'scenes.json',
    onnxCheckpoint: 'onnx-checkpoint',
    onnxDetector: 'onnx-detector',
    trained: 'trained',
  };
  return Object.fromEntries(Object.entries(files).map(([need, name]) => [need, join(folder, name)])) as Record<
    Need,
    string
  >;
}

export interface Case {
  readonly name: string;
  /** The name of its files: `<program>.ts` beside `<program>.py`. @default name */
  readonly program?: string;
  /** Its processes run on two hosts that this joins, where the machine can pretend to be two. @default one host */
  readonly link?: Link;
  /** The peer is the same program as ours, and differs in what it is asked for. @default false */
  readonly againstItself?: boolean;
  readonly title: string;
  /** What both sides do, in a sentence or two. */
  readonly about: string;
  /** `resident`: both sides stay alive and take turns. `fresh`: each turn is a process, timed from its start to its answer. */
  readonly kind: 'resident' | 'fresh';
  /** Rounds that count; with `warmUp` one more goes before them. */
  readonly rounds: number;
  readonly warmUp: boolean;
  /** Threads of each side. */
  readonly threads: number;
  readonly needs: readonly Need[];
  readonly measures: readonly Measure[];
  /** Runs only with --long. */
  readonly long?: boolean;
  /** Its measures in seconds take minutes: both sides run at once, in slices of so many seconds, one stopped while the other runs. */
  readonly slice?: number;
  /** How far apart the two sides' results may be, relative to the largest of them. */
  readonly tolerance: number;
}

/** What a side is told when it starts, as JSON in its first argument; of the paths only those that its case needs exist. */
export interface Settings extends Readonly<Record<Need, string>> {
  readonly threads: number;
  readonly device: 'cpu' | 'cuda';
  /** What stands before a command that runs on the second host; nothing where there is one. */
  readonly otherHost: readonly string[];
  /** Tiny sizes: shows that the case works, measures nothing. */
  readonly smoke: boolean;
  /** A hub folder with random weights. */
  readonly checkpoint: string;
  /** A JPEG. */
  readonly photo: string;
  /** A folder in the CelebA format. */
  readonly faces: string;
  /** A hub folder of a DETR with random weights. */
  readonly detector: string;
  /** A JSON file with annotated images and noisy detections in them. */
  readonly scenes: string;
  /** A folder with model.onnx and model-int8.onnx of the ViT, where there is a Python that makes them. */
  readonly onnxCheckpoint: string;
  /** The same of the DETR. */
  readonly onnxDetector: string;
  /** A folder with a run for each of the trainings. */
  readonly trained: string;
  /** Of a fresh process: the measure it is for. */
  readonly measure?: string;
}
