import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors';

export const PROCESSOR_FILE = 'preprocessor_config.json';

/**
 * Reads `preprocessor_config.json` of a checkpoint folder.
 * @param parse makes something of its content; gets the path for its errors
 * @throws InputError when the file is missing or broken
 */
export async function readProcessorFile<Result>(
  folder: string,
  parse: (json: unknown, label: string) => Result,
): Promise<Result> {
  const path = join(folder, PROCESSOR_FILE);
  try {
    return parse(JSON.parse(await readFile(path, 'utf8')), path);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(
      `Expected the preprocessing of a checkpoint in ${path}, but it cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
}
