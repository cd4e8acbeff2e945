/** What is looked at before the first step of a training. */
import { InputError } from '../../../errors';
import type { Listener } from '../../../native/listener';
import { alikeNames } from '../annotations/classes';
import type { DetectionSplit } from '../annotations/dataset';
import { commonImages, describeProblems, validateSplit, requireUsable } from './validate-split';
import type { OpenDataset } from './open-dataset';

/** The splits of a training, all of whose images can be read as far as their headers show. */
export interface TrainSplits {
  readonly train: DetectionSplit;
  readonly val: DetectionSplit;
}

/**
 * Judges the splits of a training by their annotations and the headers of their images.
 * @param onError whether images of the training split that cannot be used are an error
 * @throws InputError when it cannot train or validate on them, or would measure on images that it learns
 */
export async function preflight(
  dataset: OpenDataset,
  listener: Listener,
  onError: 'stop' | 'skip' = 'stop',
): Promise<TrainSplits> {
  const [train, val] = [await dataset.split('train'), await dataset.split('val')];
  const test = await testSplit(dataset, val, listener);
  for (const held of test ? [val, test] : [val]) refuseLearnt(train, held, listener);
  if (test) sayCommon(val, test, listener);
  for (const [use, split] of [
    ['train', train],
    ['val', val],
  ] as const) {
    const found = await validateSplit(split, dataset.classes, listener);
    const skips = use === 'train' && onError === 'skip' && found.problems.length > 0;
    if (skips)
      listener.say(`${describeProblems(split.name, found.problems, split.ids.length)} The training goes without them.`);
    requireUsable(split, skips ? { ...found, problems: [] } : found, use);
  }
  if (test) await sayOfTest(test, dataset, listener);
  sayIssues(dataset, listener);
  saySpelling(dataset, listener);
  return { train, val };
}

/** Undefined when it cannot be had, or is that of validation. */
async function testSplit(
  dataset: OpenDataset,
  val: DetectionSplit,
  { say }: Listener,
): Promise<DetectionSplit | undefined> {
  try {
    const test = await dataset.split('test');
    return test.name === val.name ? undefined : test;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(`There will be no figures under "test": ${error.message}`);
    return undefined;
  }
}

/** To overfit a split on purpose it is named for both uses. */
function refuseLearnt(train: DetectionSplit, held: DetectionSplit, { say }: Listener): void {
  const common = commonImages(train, held);
  if (common.length === 0) return;
  const which = `${common.length} of the ${held.ids.length} images of ${held.name} are in ${train.name} too (${common.slice(0, 3).join(', ')}${common.length > 3 ? ', …' : ''})`;
  if (train.name !== held.name)
    throw new InputError(
      `Expected no image of ${held.name} among those to train on, found that ${which}: its figures would say nothing. Take them out of one of the two.`,
    );
  say(`${which}: the figures say how well they were learnt by heart.`);
}

function sayCommon(val: DetectionSplit, test: DetectionSplit, { say }: Listener): void {
  const common = commonImages(val, test).length;
  if (common > 0)
    say(
      `${common} of the ${test.ids.length} images of ${test.name} are in ${val.name} too, by which the checkpoint is chosen.`,
    );
}

async function sayOfTest(test: DetectionSplit, { classes }: OpenDataset, listener: Listener): Promise<void> {
  const { problems, objects } = await validateSplit(test, classes, listener);
  if (test.ids.length === 0) listener.say(`There will be no figures under "test": ${test.name} has no images.`);
  else if (problems.length > 0)
    listener.say(
      `${describeProblems(test.name, problems, test.ids.length)} The figures under "test" will be without them.`,
    );
  else if (objects === 0)
    listener.say(`${test.name} has no objects to find: there will be no precisions under "test".`);
}

/** `Cat` beside `cat` is a slip of the pen as a rule. */
function saySpelling({ classes, data }: OpenDataset, { say }: Listener): void {
  for (const [one, other] of alikeNames(classes.names))
    say(`${one} and ${other} are two classes of ${data.path}: they differ in spelling only.`);
}

/** What was left out of the dataset's files, a line for each kind. */
function sayIssues({ data }: OpenDataset, { say }: Listener): void {
  const kinds = new Set(data.issues().map(({ kind }) => kind));
  for (const kind of kinds) {
    const issues = data.issues().filter((issue) => issue.kind === kind);
    say(`${kind}${issues.length > 1 ? ` (${issues.length} times)` : ''}: ${issues[0]!.message}`);
  }
}
