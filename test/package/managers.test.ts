import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  attempt,
  isOffline,
  NPM_OPTIONS,
  type Outcome,
  type PackedPackage,
  packedPackage,
  REPOSITORY,
  run,
  skipSuite,
} from './packed';

interface Manager {
  readonly name: string;
  /** What npm installs to have it. */
  readonly package: string;
  /** Below node_modules. */
  readonly program: string;
  /** Writes the lock, then installs from it. Scripts of packages run. */
  readonly install: readonly string[];
  readonly fromLock: readonly string[];
  /** Runs node where the packages are found. */
  readonly node: (program: string) => readonly string[];
  /** Runs a command of a package. */
  readonly command: readonly string[];
  /** Files that it wants to find. */
  readonly files?: Readonly<Record<string, string>>;
}

const plainNode = () => [process.execPath];

const MANAGERS: readonly Manager[] = [
  {
    name: 'yarn 1',
    package: 'yarn-classic@npm:yarn@1',
    program: 'yarn-classic/bin/yarn.js',
    install: ['install', '--no-progress'],
    fromLock: ['install', '--frozen-lockfile'],
    node: plainNode,
    command: ['--silent', 'run'],
  },
  {
    name: 'yarn 4 with node_modules',
    package: '@yarnpkg/cli-dist@4',
    program: '@yarnpkg/cli-dist/bin/yarn.js',
    install: ['install'],
    fromLock: ['install', '--immutable'],
    node: plainNode,
    command: ['run'],
    files: { 'yarn.lock': '', '.yarnrc.yml': 'nodeLinker: node-modules\n' },
  },
  {
    name: "yarn 4 with Plug'n'Play",
    package: '@yarnpkg/cli-dist@4',
    program: '@yarnpkg/cli-dist/bin/yarn.js',
    install: ['install'],
    fromLock: ['install', '--immutable'],
    node: (program) => [process.execPath, program, 'node'],
    command: ['run'],
    files: { 'yarn.lock': '' },
  },
  {
    name: 'pnpm',
    package: 'pnpm@10',
    program: 'pnpm/bin/pnpm.cjs',
    install: ['install'],
    fromLock: ['install', '--frozen-lockfile'],
    node: plainNode,
    command: ['exec'],
  },
];

describe('the packed package, installed from a lock with scripts', function () {
  this.timeout(300_000);
  let packed: PackedPackage;
  let tools: string;
  let had: Outcome;
  before(() => {
    packed = packedPackage();
    tools = join(packed.folder, 'tools');
    mkdirSync(tools);
    writeFileSync(join(tools, 'package.json'), '{ "private": true }');
    had = attempt(
      'npm',
      ['install', ...NPM_OPTIONS, '--ignore-scripts', ...new Set(MANAGERS.map((manager) => manager.package))],
      tools,
    );
  });

  for (const manager of MANAGERS) {
    describe(`by ${manager.name}`, () => {
      let app: string;
      let program: string;
      const managed = (args: readonly string[], environment?: NodeJS.ProcessEnv) =>
        attempt(process.execPath, [program, ...args], app, {
          CI: '',
          YARN_ENABLE_TELEMETRY: '0',
          YARN_ENABLE_GLOBAL_CACHE: '1',
          // By name and version yarn 1 would find a package that was packed by an earlier run.
          YARN_CACHE_FOLDER: join(packed.folder, 'yarn-cache'),
          ...environment,
        });

      before(function () {
        if (had.status !== 0) skipSuite(this, `${manager.package} cannot be had: ${had.output.trim().split('\n')[0]}`);
        program = join(tools, 'node_modules', manager.program);
        app = join(packed.folder, `app-${manager.name.replaceAll(/\W/g, '-')}`);
        mkdirSync(app);
        writeFileSync(
          join(app, 'package.json'),
          JSON.stringify({ name: 'app', private: true, dependencies: { torchts: `file:${packed.tarball}` } }),
        );
        for (const [name, text] of Object.entries(manager.files ?? {})) writeFileSync(join(app, name), text);
        const first = managed(manager.install);
        if (first.status !== 0 && isOffline(first.output)) skipSuite(this, 'the npm registry cannot be reached');
        assert.equal(first.status, 0, first.output);
        for (const made of ['node_modules', '.yarn', '.pnp.cjs'])
          rmSync(join(app, made), { recursive: true, force: true });
        const second = managed(manager.fromLock);
        assert.equal(second.status, 0, second.output);
      });

      it('computes with the addon', () => {
        const [command, ...args] = manager.node(program);
        const text = `console.log(require('torchts').torch.ones([2, 3]).sum().item())`;
        assert.equal(
          run(command!, [...args, '-e', text], app, { TORCHTS_ADDON: join(REPOSITORY, 'build/Release/torchts.node') }),
          '6\n',
        );
      });

      it('runs its commands', () => {
        const { status, output } = managed([...manager.command, 'torchts', '--version']);
        assert.equal(status, 0, output);
        assert.match(output, /^\d+\.\d+\.\d+\S*$/m);
      });
    });
  }
});
