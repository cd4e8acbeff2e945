/** The preprocessing beside the weights of a checkpoint, whatever the task. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSource } from '../models';
import { PROCESSOR_FILE, readProcessorFile } from '../vision/processor-file';

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
