/** A checkpoint of any task: the preprocessing beside its weights, and a warning of weights that are not finite. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSource } from '../models';
import { PROCESSOR_FILE, readProcessorFile } from '../vision/processor-config';
import type { Module } from '../nn';
import * as torch from '../tensor';

/**
 * The way from image to input that a hub folder or a model of the hub asks for.
 * @param parse makes the processor of the file's content; gets the path for its errors
 * @throws InputError when the file is missing or broken
 */
export async function loadProcessor<Processor>(
  name: string,
  parse: (json: unknown, label: string) => Processor,
): Promise<Processor> {
  const source = openSource(name);
  const path = await source.find(PROCESSOR_FILE);
  if (!path) throw source.missing(PROCESSOR_FILE);
  return readProcessorFile(dirname(path), parse);
}

/** Writes a processor into the folder of a checkpoint. */
export function saveProcessor(folder: string, processor: { toJSON(): object }): Promise<void> {
  return writeFile(join(folder, PROCESSOR_FILE), `${JSON.stringify(processor.toJSON(), null, 2)}\n`);
}

/** Warns of weights that are NaN or infinite, as after a training that diverged: what such a model predicts may still look like numbers. */
export function warnNotFinite(
  model: Module,
  source: string,
  onWarning: (message: string) => void = (message) => process.emitWarning(message),
): void {
  const broken = torch.scoped(() =>
    model
      .namedParameters()
      .filter(([, tensor]) => tensor.detach().isfinite().logicalNot().any().item() === true)
      .map(([name]) => name),
  );
  if (broken.length === 0) return;
  const more = broken.length > 1 ? ` and ${broken.length - 1} more of its tensors` : '';
  onWarning(
    `${source}: ${broken[0]!}${more} hold values that are no numbers (NaN or infinite), so what the model says means nothing; take an earlier checkpoint.`,
  );
}
