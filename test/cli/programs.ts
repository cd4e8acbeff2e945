/** How the tests start a program of the command line. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/**
 * What node takes to run a program of the package: the built file, which starts in half the time, where no source is newer than the
 * build; else the source.
 */
export function program(name: 'facecls' | 'vocdet' | 'torchts'): string[] {
  return isBuilt()
    ? [join(ROOT, `dist/cli/${name}.js`)]
    : ['--require', require.resolve('tsx/cjs'), join(ROOT, `ts/cli/${name}.ts`)];
}

/** Whether no source is newer than the build. */
export function isBuilt(): boolean {
  const record = join(ROOT, 'dist/.made');
  if (!existsSync(record)) return false;
  const built = statSync(record).mtimeMs;
  const entries = readdirSync(join(ROOT, 'ts'), { recursive: true, withFileTypes: true });
  return entries.every((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs <= built);
}
