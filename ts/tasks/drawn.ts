import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError } from '../errors';
import { withLock } from '../native/lock';

/** A folder of files that follow from a recipe alone. */
export interface DrawnFolder {
  readonly path: string;
  /** File in the folder that holds the recipe. */
  readonly marker: string;
  /** What lies in the folder, for errors: "drawn faces", say. */
  readonly what: string;
  /** All that the files depend on. */
  readonly recipe: object;
  /** Fills an absent folder. */
  readonly draw: (folder: string) => Promise<void>;
}

/**
 * Makes sure that a folder holds what its recipe says. It is complete or absent at any moment, and two processes draw once.
 * @returns whether it was drawn now; false when it was there
 * @throws InputError when the folder holds something else
 */
export async function ensureDrawn(folder: DrawnFolder): Promise<boolean> {
  if (isDrawn(folder)) return false;
  const { path, marker, recipe, draw } = folder;
  return withLock(resolve(path), async () => {
    if (isDrawn(folder)) return false;
    requireReplaceable(folder);
    const fresh = `${path}.drawing`;
    await rm(fresh, { recursive: true, force: true });
    await draw(fresh);
    await writeFile(join(fresh, marker), JSON.stringify(recipe));
    await rm(path, { recursive: true, force: true });
    await rename(fresh, path);
    return true;
  });
}

function isDrawn({ path, marker, recipe }: DrawnFolder): boolean {
  const file = join(path, marker);
  return existsSync(file) && readFileSync(file, 'utf8') === JSON.stringify(recipe);
}

function requireReplaceable({ path, marker, what }: DrawnFolder): void {
  if (!existsSync(path) || existsSync(join(path, marker)) || readdirSync(path).length === 0) return;
  throw new InputError(
    `Expected ${path} to be empty or to hold ${what}, found other files; move them, or choose another folder.`,
  );
}
