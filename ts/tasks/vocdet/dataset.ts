import type { Annotation } from './annotation';
import type { ClassList } from './classes';

/** Annotated pictures in a fixed order. */
export interface DetectionSplit {
  /** As it was asked for: `2007/trainval+2012/trainval`, say. */
  readonly name: string;
  /** Names of the pictures, each once. */
  readonly ids: readonly string[];
  /** @throws InputError when the annotation is missing or cannot be used */
  annotation(index: number): Promise<Annotation>;
  /** The bytes of the picture's file. @throws InputError when it is missing */
  picture(index: number): Promise<Buffer>;
  /** What to call the picture's file in messages. */
  describe(index: number): string;
}

/** A dataset on disk, whatever its format. */
export interface DetectionData {
  readonly path: string;
  /** Names of all splits that there are. */
  readonly splits: readonly string[];
  /**
   * One split, or several joined by "+"; its list is read, its pictures are not.
   * @throws InputError naming what there is, when there is no such split
   */
  split(name: string): Promise<DetectionSplit>;
  /** The classes that the data themselves name. */
  classes(): Promise<ClassList>;
  /** Changes when the files of the dataset change. */
  fingerprint(): string;
  close(): void;
}
