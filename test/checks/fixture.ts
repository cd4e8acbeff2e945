import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The root of this repository. */
export const repository = join(__dirname, '../..');

/** What `check` finds in a repository that holds only `files`. */
export function inRepository(files: Readonly<Record<string, string>>, check: (root: string) => string[]): string[] {
  const root = mkdtempSync(join(tmpdir(), 'torchts-checks-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return check(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
