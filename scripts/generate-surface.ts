/**
 * Writes ts/tensor/generated from the schemas that the loaded libtorch reports:
 *
 *     npx tsx scripts/generate-surface.ts          writes the files
 *     npx tsx scripts/generate-surface.ts --check  exit code 1 when they are out of date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binding } from '../ts/native/binding';
import { parseSchema } from '../ts/tensor/operators/schema';
import { functionsFile, methodsFile, modulesFile, overloadsFile, select } from './surface/emit';

const folder = join(__dirname, '../ts/tensor/generated');
const functions = select(binding.schemas().map(parseSchema));
const files = {
  'overloads.ts': overloadsFile(functions),
  'methods.ts': methodsFile(functions),
  'functions.ts': functionsFile(functions),
  'modules.ts': modulesFile(functions),
};

let stale = 0;
for (const [name, text] of Object.entries(files)) {
  const path = join(folder, name);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    stale++;
    console.error(
      `ts/tensor/generated/${name} is out of date: run \`npx tsx scripts/generate-surface.ts\` and commit it`,
    );
  }
}
process.exitCode = stale > 0 ? 1 : 0;
