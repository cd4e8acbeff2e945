/**
 * Packs all that is published into build/packages: torchts, its commands, and the addons of this platform, one for each minor
 * version of libtorch in package.json; beside them a bill of materials (CycloneDX).
 *
 *     make packages
 *     npx tsx scripts/release/packages.ts --part addons --libtorch <folder>
 *
 * `--part` leaves out the rest: a release has the addons of each platform and the JavaScript of one. `--libtorch` names folders of
 * libtorch to compile against, where they are not to be fetched.
 */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { terminal } from '../../ts/cli/terminal';
import { buildAddons } from './addons';
import { ROOT } from './manifests';
import { packCommands, packMain, packPlatform } from './pack';
import { writeSbom } from './sbom';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      part: { type: 'string', multiple: true, default: ['javascript', 'addons'] },
      libtorch: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: join(ROOT, 'build/packages') },
    },
  });
  const out = resolve(values.out);
  rmSync(out, { recursive: true, force: true });
  if (values.part.includes('javascript'))
    for (const file of [packMain(out), ...packCommands(out), writeSbom(out)]) console.log(file);
  if (values.part.includes('addons')) {
    const addons = await buildAddons(values.libtorch, terminal);
    console.log(packPlatform(`${process.platform}-${process.arch}`, addons, out));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
