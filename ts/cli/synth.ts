import type { Command } from 'commander';
import { withBar } from '../native/listener';
import { nonNegativeInteger, positiveInteger } from './arguments';
import { ensureReady } from './setup';
import { terminal } from './terminal';
import { print } from './output';

/** What `<task> data synth` needs to know of its task. */
export interface SynthCommand {
  /** What is drawn, in the plural. */
  readonly things: string;
  readonly description: string;
  /** What the help says is drawn where nothing is asked for. */
  readonly usual: { readonly folder: string; readonly train: number; readonly val: number; readonly test: number };
  /** Loads the task, which needs the addon. */
  readonly load: () => Drawing;
}

/** How a task draws its dataset. */
export interface Drawing {
  /** Where it is drawn when no folder is named. */
  readonly folder: string;
  /** Whether it was drawn now; false when it was there. */
  readonly ensureDrawn: (
    folder: string,
    options: { readonly onProgress: (done: number, all: number) => void },
  ) => Promise<boolean>;
}

/** Adds `synth` to `data`. Options that a task adds to it go to its drawing by their names. */
export function addSynth(data: Command, { things, description, usual, load }: SynthCommand): Command {
  return data
    .command('synth')
    .description(description)
    .option('--out <folder>', `where they go (default: ${usual.folder})`)
    .option('--seed <n>', `seed of all ${things} (default: 0)`, nonNegativeInteger)
    .option('--train <n>', `${things} to train on (default: ${usual.train})`, positiveInteger)
    .option('--val <n>', `${things} to choose by (default: ${usual.val})`, positiveInteger)
    .option('--test <n>', `${things} to measure on (default: ${usual.test})`, positiveInteger)
    .action(async ({ out, ...options }: Readonly<Record<string, number>> & { readonly out?: string }) => {
      await ensureReady();
      const drawing = load();
      const folder = out ?? drawing.folder;
      const drawn = await withBar(
        terminal,
        `drawing ${things}`,
        (bar) => drawing.ensureDrawn(folder, { ...options, onProgress: (done, all) => bar.update(done, all) }),
        'steps',
      );
      print(`${folder}: ${drawn ? 'drawn' : 'there already'}`);
    });
}
