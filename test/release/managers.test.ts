import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { libtorchOf } from '../../scripts/release/addons';
import { packageVersion } from '../../ts/native/package';
import { platformPackage } from '../../ts/native/prebuilt';
import { attempt, NPM_OPTIONS, packedPackages, REPOSITORY, run } from '../package/packed';
import { publishAll, Registry } from './registry';

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

const YARN_4 = {
  package: '@yarnpkg/cli-dist@4',
  program: '@yarnpkg/cli-dist/bin/yarn.js',
  install: ['install'],
  fromLock: ['install', '--immutable'],
  command: ['run'],
};
const PNPM = {
  package: 'pnpm@10',
  program: 'pnpm/bin/pnpm.cjs',
  install: ['install'],
  fromLock: ['install', '--frozen-lockfile'],
  node: plainNode,
  command: ['exec'],
};

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
    ...YARN_4,
    name: 'yarn 4 with node_modules',
    node: plainNode,
    files: { 'yarn.lock': '', '.yarnrc.yml': 'nodeLinker: node-modules\n' },
  },
  {
    ...YARN_4,
    name: "yarn 4 with Plug'n'Play",
    node: (program) => [process.execPath, program, 'node'],
    files: { 'yarn.lock': '' },
  },
  { ...PNPM, name: 'pnpm' },
  { ...PNPM, name: 'pnpm, hoisted', files: { 'pnpm-workspace.yaml': 'nodeLinker: hoisted\n' } },
];

describe('torchts from a registry, installed from a lock with scripts', function () {
  let folder: string;
  let tools: string;
  let registry: Registry;
  before(async () => {
    ({ folder } = packedPackages());
    registry = await Registry.start();
    publishAll(registry);
    tools = join(folder, 'tools');
    mkdirSync(tools);
    writeFileSync(join(tools, 'package.json'), '{ "private": true }');
    const packages = [...new Set(MANAGERS.map((manager) => manager.package)), 'bun@1'];
    run('npm', ['install', ...NPM_OPTIONS, '--ignore-scripts', ...packages], tools);
  });
  after(() => registry.stop());

  const application = (name: string, manifest: object = {}): string => {
    const app = join(folder, name);
    mkdirSync(app, { recursive: true });
    writeFileSync(
      join(app, 'package.json'),
      JSON.stringify({ name: 'app', private: true, dependencies: { torchts: packageVersion() }, ...manifest }),
    );
    return app;
  };
  const environment = (): NodeJS.ProcessEnv => ({
    ...registry.environment,
    CI: '',
    TORCHTS_ADDON: '',
    TORCHTS_LIBTORCH: libtorchOf(join(REPOSITORY, 'build')),
    XDG_CACHE_HOME: join(folder, 'cache'),
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_GLOBAL_CACHE: '0',
    // Yarn leaves out what was published in the last day.
    YARN_NPM_MINIMAL_AGE_GATE: '0',
    YARN_NPM_REGISTRY_SERVER: registry.url,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    // By name and version it would find what an earlier run published.
    YARN_CACHE_FOLDER: join(folder, 'yarn-cache'),
    YARN_GLOBAL_FOLDER: join(folder, 'yarn-global'),
    npm_config_store_dir: join(folder, 'pnpm-store'),
    BUN_INSTALL_CACHE_DIR: join(folder, 'bun-cache'),
  });
  const computes = (command: readonly string[], app: string, changes: NodeJS.ProcessEnv = {}): void =>
    assert.equal(run(command[0]!, [...command.slice(1), '-e', SUM], app, { ...environment(), ...changes }), '6\n');

  for (const manager of MANAGERS) {
    it(`computes and runs its commands, by ${manager.name}`, () => {
      const program = join(tools, 'node_modules', manager.program);
      const app = application(`app-${manager.name.replaceAll(/\W/g, '-')}`);
      for (const [name, text] of Object.entries(manager.files ?? {})) writeFileSync(join(app, name), text);
      const managed = (args: readonly string[]): string =>
        run(process.execPath, [program, ...args], app, environment());
      managed(manager.install);
      for (const made of ['node_modules', '.yarn', '.pnp.cjs'])
        rmSync(join(app, made), { recursive: true, force: true });
      managed(manager.fromLock);
      computes(manager.node(program), app);
      assert.match(managed([...manager.command, 'torchts', '--version']), /^\d+\.\d+\.\d+\S*$/m);
    });
  }

  it('computes in Node.js, installed by bun', () => {
    const app = application('app-bun');
    // npm would run the script that puts the program in place.
    const [program] = ['bun-linux-x64', 'bun-linux-x64-baseline']
      .map((name) => join(tools, 'node_modules/@oven', name, 'bin/bun'))
      .filter((path) => existsSync(path));
    run(program!, ['install', '--registry', registry.url], app, environment());
    computes(plainNode(), app);
  });

  const npm = (app: string, ...args: string[]): string => run('npm', [...args, ...NPM_OPTIONS], app, environment());

  it('computes in a workspace, and where scripts are not run', () => {
    const root = join(folder, 'workspaces');
    mkdirSync(root);
    writeFileSync(join(root, 'package.json'), '{ "private": true, "workspaces": ["one"] }');
    const app = application('workspaces/one');
    npm(root, 'install', '--ignore-scripts');
    assert.ok(!existsSync(join(app, 'node_modules/torchts')));
    computes(plainNode(), app);
  });

  it('computes in a path with blanks and umlauts, as does the cache', () => {
    const app = application('Größe und Maß');
    npm(app, 'install');
    computes(plainNode(), app, { XDG_CACHE_HOME: join(app, 'süßer Cache') });
  });

  it('computes for another user than the one who installed it, who can write nothing there', function () {
    if (process.getuid?.() !== 0) return skipTest(this, 'only root can be another user');
    const app = application('read-only');
    npm(app, 'install');
    run('chmod', ['-R', 'a+rX,a-w', app], folder);
    chmodSync(folder, 0o755);
    const cache = join(folder, 'cache-of-another');
    mkdirSync(cache);
    run('chown', ['54321:54321', cache], folder);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', SUM], {
      cwd: app,
      encoding: 'utf8',
      uid: 54_321,
      gid: 54_321,
      env: { ...process.env, ...environment(), XDG_CACHE_HOME: cache, TORCHTS_LIBTORCH: readable(folder) },
    });
    assert.deepEqual([status, stdout], [0, '6\n'], stderr);
  });

  it('computes in two versions in one tree, each with its own addon', () => {
    const other = `${packageVersion()}-other`;
    const { main, platforms } = packedPackages();
    for (const tarball of [...Object.values(platforms), main])
      registry.publish(inVersion(tarball, other, join(folder, 'other')), 'other');
    const app = application('two-versions', {
      dependencies: { torchts: packageVersion(), other: `npm:torchts@${other}` },
    });
    npm(app, 'install');
    // One of them lies at the top, with its addon; that of the other is its own.
    const nested = (name: string): string => join(app, 'node_modules', name, 'node_modules', platformPackage);
    assert.equal(['torchts', 'other'].filter((name) => existsSync(nested(name))).length, 1);
    for (const name of ['torchts', 'other'])
      assert.equal(run(process.execPath, ['-e', SUM.replace('torchts', name)], app, environment()), '6\n');
    // One process has libtorch once, and its operators are registered once.
    const both = attempt(process.execPath, ['-e', `require('torchts'); require('other')`], app, environment());
    assert.match(both.output, /another copy of torchts/);
  });
});

const SUM = `console.log(require('torchts').torch.ones([2, 3]).sum().item())`;

/** A link to libtorch that everybody may follow: the user's own cache may be closed to others. */
function readable(folder: string): string {
  const copy = join(folder, 'libtorch');
  run('cp', ['-aL', '--reflink=auto', libtorchOf(join(REPOSITORY, 'build')), copy], folder);
  run('chmod', ['-R', 'a+rX', copy], folder);
  return copy;
}

/** A tarball with all versions of ours changed to another. */
function inVersion(tarball: string, version: string, folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run('tar', ['-xf', tarball], folder);
  const path = join(folder, 'package/package.json');
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`"${packageVersion()}"`, `"${version}"`));
  return join(folder, run('npm', ['pack', '--silent'], join(folder, 'package')).trim().replace(/^/, 'package/'));
}

function skipTest(context: Mocha.Context, reason: string): never {
  context.test!.title += ` (skipped: ${reason})`;
  return context.skip();
}
