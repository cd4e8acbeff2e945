/** What a checkpoint does to the disk, as one message can tell it to another thread. */

/** Bytes `from` to `to` of one block of the memory that files are copied into. */
export interface StagedRange {
  readonly block: number;
  readonly from: number;
  readonly to: number;
}

/** A file of a checkpoint that waits in memory. */
export interface StagedFile {
  /** Its path inside of the checkpoint's folder. */
  readonly name: string;
  /** Where its bytes lie, in their order. */
  readonly ranges: readonly StagedRange[];
}

/** Files that a checkpoint has in common with another one. */
export interface SharedFiles {
  /** The folder of the other checkpoint. */
  readonly from: string;
  /** The names of the files. @default all of them, and the folder is then complete */
  readonly only?: readonly string[];
  /** Names that are left out. @default none */
  readonly except?: readonly string[];
}

/** A folder that is put in its position once it is complete and on disk. */
export interface FolderTask {
  readonly path: string;
  /** Where the folder that is there goes. @default it is removed */
  readonly previous?: string;
  /** Files that wait in memory; others may be in the new folder already. */
  readonly staged: readonly StagedFile[];
  readonly shared?: SharedFiles;
  /** The content of state.json, where the folder is given a new one. */
  readonly state?: string;
}

/** One checkpoint: its folders are put in their positions in this order, and then others are removed. */
export interface CheckpointPlan {
  readonly folders: readonly FolderTask[];
  readonly remove: readonly string[];
}
