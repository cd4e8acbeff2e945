/**
 * Packs the addons of this platform as an npm package, `@torchts/<platform>-<arch>`:
 *
 *     make package                                   of the build in build/
 *     npx tsx scripts/release/platform-package.ts --build build --build build/2.14 --out build/packages
 *
 * Each build is one of CMake's, against a libtorch of its own; one addon serves the CPU and every CUDA flavour of its version.
 * `--libraries <folder>` names libraries of further flavours for which the symbols are compared.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inspectFolder } from '../../ts/native/libtorch/folder';
import { packageVersion } from '../../ts/native/package';
import { platformPackage } from '../../ts/native/prebuilt';
import { checkAddon } from './addon-check';

const ROOT = resolve(__dirname, '../..');

/** Installs the addon of a build of CMake's into `folder` under the minor version of its libtorch; gives the new file. */
function installAddon(build: string, folder: string, others: readonly string[]): string {
  const libtorch = /^TORCHTS_LIBTORCH:\w+=(.+)$/m.exec(readFileSync(join(build, 'CMakeCache.txt'), 'utf8'))![1]!;
  const content = inspectFolder(libtorch);
  if (typeof content === 'string') throw new Error(`${build} was built against ${libtorch}: ${content}`);
  execFileSync('cmake', ['--install', build, '--prefix', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const file = join(folder, `torchts-${content.version.split('.').slice(0, 2).join('.')}.node`);
  renameSync(join(folder, 'torchts.node'), file);
  if (process.platform === 'linux') {
    const libraries = [join(libtorch, 'lib'), ...others];
    const problems = checkAddon({ file, libraries, paths: [ROOT, libtorch, homedir() + '/'] });
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }
  return file;
}

/** What npm is told of the package. */
function manifest(): object {
  const { license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { license: string };
  return {
    name: platformPackage,
    version: packageVersion(),
    description: `The native addon of torchts for ${process.platform}-${process.arch}; installed by torchts itself`,
    license,
    os: [process.platform],
    cpu: [process.arch],
    ...(process.platform === 'linux' && { libc: ['glibc'] }),
    files: ['*.node'],
  };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      build: { type: 'string', multiple: true, default: [join(ROOT, 'build')] },
      libraries: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: join(ROOT, 'build/packages') },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'torchts-package-'));
  try {
    for (const build of values.build)
      installAddon(
        resolve(build),
        folder,
        values.libraries.map((one) => resolve(one)),
      );
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
    copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
    mkdirSync(values.out, { recursive: true });
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(values.out)], {
      cwd: folder,
      encoding: 'utf8',
    });
    console.log(join(values.out, packed.trim()));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
