/** controls.json: the changes of the learning rate that a person made while a run trained. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import { isPlainObject } from '../native/realm';
import { replaceFile } from '../native/replace-file';

const FILE = 'controls.json';

/** A factor on the learning rates of all steps after one. */
export interface LearningRateChange {
  /** Optimizer steps that were done. */
  readonly step: number;
  readonly factor: number;
}

/** The changes that a run folder tells of, in the order of their steps; none where the file is absent. @throws InputError when it is damaged */
export function readLearningRateChanges(run: string): LearningRateChange[] {
  const file = join(run, FILE);
  if (!existsSync(file)) return [];
  const changes = contentOf(file);
  if (Array.isArray(changes) && changes.every(isChange)) return changes.map(({ step, factor }) => ({ step, factor }));
  throw damaged(file, 'it has no list learningRate of { step, factor }');
}

function contentOf(file: string): unknown {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isPlainObject(content) ? (content as { learningRate?: unknown }).learningRate : undefined;
  } catch (cause) {
    throw damaged(file, (cause as Error).message, cause);
  }
}

function damaged(file: string, reason: string, cause?: unknown): InputError {
  return new InputError(
    `${file} is unreadable (${reason}): take it from a copy, for the run cannot be repeated without it.`,
    { cause },
  );
}

function isChange(value: unknown): value is LearningRateChange {
  const { step, factor } = Object(value) as Partial<LearningRateChange>;
  return Number.isInteger(step) && step! >= 0 && Number.isFinite(factor) && factor! > 0;
}

/** The changes of one run. Which of them hold depends on the step alone, so a run that went back to a checkpoint makes them again. */
export class LearningRateChanges {
  readonly #run: string;
  #changes: readonly LearningRateChange[];

  /**
   * Those of a run folder, or of a new one that is to begin with `planned`.
   * @throws InputError when the file is damaged or cannot be written
   */
  constructor(run: string, planned: readonly LearningRateChange[] = []) {
    this.#run = run;
    this.#changes = readLearningRateChanges(run);
    if (this.#changes.length === 0 && planned.length > 0) this.#write(planned);
  }

  /** The factor on the learning rates of the step after `step` steps. */
  factorAt(step: number): number {
    return this.#changes.reduce((product, change) => (change.step <= step ? product * change.factor : product), 1);
  }

  /** Adds one, on disk first. @throws InputError when it cannot be written; nothing has changed then */
  add(change: LearningRateChange): void {
    const later = this.#changes.findIndex(({ step }) => step > change.step);
    this.#write(later < 0 ? [...this.#changes, change] : this.#changes.toSpliced(later, 0, change));
  }

  #write(changes: readonly LearningRateChange[]): void {
    replaceFile(join(this.#run, FILE), `${JSON.stringify({ learningRate: changes }, null, 2)}\n`);
    this.#changes = changes;
  }
}
