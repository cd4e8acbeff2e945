import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installAddons } from '../../scripts/release/addons';
import { PLATFORMS } from '../../scripts/release/manifests';
import { packCommands, packMain, packPlatform } from '../../scripts/release/pack';
import { platformPackage } from '../../ts/native/prebuilt';

export const REPOSITORY = join(__dirname, '../..');

export const NPM_OPTIONS = [
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
];

/** The packages as they would be published. */
export interface PackedPackages {
  /** A folder outside of the repository, gone when the tests are. */
  readonly folder: string;
  /** The tarball of torchts. */
  readonly main: string;
  /** Those of the platforms, by name; that of this one has the addon for the libtorch that it was built against here. */
  readonly platforms: Readonly<Record<string, string>>;
  /** Those of the commands alone. */
  readonly commands: readonly string[];
}

let packed: PackedPackages | undefined;

/** Packs the packages once for all tests. */
export function packedPackages(): PackedPackages {
  if (packed) return packed;
  const folder = mkdtempSync(join(tmpdir(), 'torchts-pack-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const addons = installAddons(join(REPOSITORY, 'build'), join(folder, 'addons'));
  packed = {
    folder,
    main: packMain(folder),
    platforms: Object.fromEntries(
      PLATFORMS.map((platform) => {
        const name = `@torchts/${platform}`;
        return [name, packPlatform(platform, name === platformPackage ? addons : [], folder)];
      }),
    ),
    commands: packCommands(folder),
  };
  return packed;
}

/** What a command line printed and how it ended. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/**
 * Runs a command to its end, with the variables of the npm that runs the tests taken away.
 * @throws Error with all that it printed, when it fails
 */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): string {
  const { status, output } = attempt(command, args, cwd, environment);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${output}`);
  return output;
}

/** Like {@link run}, for what may fail. */
export function attempt(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): Outcome {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(?!config_(registry|cache|userconfig))|NODE_OPTIONS|INIT_CWD)/i.test(name),
    ),
  );
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...inherited, ...environment },
  });
  return { status, output: error ? error.message : `${stdout}${stderr}` };
}

/** Whether a package manager failed because it reached no registry, which says nothing about the package. */
export function isOffline(output: string): boolean {
  return /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/.test(output);
}

/** Skips a suite from within its `before`, with the reason in the titles of its tests. */
export function skipSuite(context: Mocha.Context, reason: string): never {
  for (const test of context.test!.parent!.tests) test.title += ` (skipped: ${reason})`;
  return context.skip();
}
