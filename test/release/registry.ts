import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { attempt, packedPackages, REPOSITORY } from '../package/packed';

const VERDACCIO = join(REPOSITORY, 'scripts/release/node_modules/verdaccio/bin/verdaccio');
const FOLDER = join(REPOSITORY, 'build/registry');

/** Our own packages; everything else comes from the registry that npm is configured for, and is kept for the next run. */
const OWN = ['@torchts/*', 'torchts', 'facecls', 'vocdet'];

/** An npm registry on this machine with the packages of this checkout. */
export class Registry {
  readonly #child: ChildProcess;
  readonly #userconfig = join(FOLDER, 'npmrc');

  private constructor(
    child: ChildProcess,
    readonly url: string,
  ) {
    this.#child = child;
    writeFileSync(this.#userconfig, `registry=${url}/\n//${new URL(url).host}/:_authToken=nobody\n`);
  }

  static async start(): Promise<Registry> {
    mkdirSync(FOLDER, { recursive: true });
    for (const name of OWN) rmSync(join(FOLDER, 'storage', name.replace('/*', '')), { recursive: true, force: true });
    const config = join(FOLDER, 'config.yaml');
    // JSON is YAML.
    writeFileSync(config, JSON.stringify(configuration()));
    const url = `http://127.0.0.1:${await freePort()}`;
    const child = spawn(process.execPath, [VERDACCIO, '--config', config, '--listen', url], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: npmSetting('cafile'), NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await listening(child);
    return new Registry(child, url);
  }

  /** Publishes a tarball. */
  publish(tarball: string, tag = 'latest'): void {
    const { status, output } = attempt(
      'npm',
      ['publish', tarball, '--loglevel=error', '--tag', tag],
      FOLDER,
      this.environment,
    );
    if (status !== 0) throw new Error(`npm publish ${tarball}: ${output}`);
  }

  /** Lets npm, and what reads its configuration, take this registry. */
  get environment(): NodeJS.ProcessEnv {
    return { npm_config_userconfig: this.#userconfig, npm_config_registry: `${this.url}/` };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill();
    await once(this.#child, 'exit');
  }
}

/** Publishes what this checkout packs, with the addon of its build. */
export function publishAll(registry: Registry): void {
  const { main, platforms, commands } = packedPackages();
  for (const tarball of [...Object.values(platforms), main, ...commands]) registry.publish(tarball);
}

function configuration(): object {
  const everybody = { access: '$all', publish: '$all', unpublish: '$all' };
  return {
    storage: join(FOLDER, 'storage'),
    auth: { htpasswd: { file: join(FOLDER, 'htpasswd'), max_users: -1 } },
    uplinks: { npm: { url: npmSetting('registry'), maxage: '1d', timeout: '60s', cache: true } },
    packages: {
      ...Object.fromEntries(OWN.map((name) => [name, everybody])),
      '**': { access: '$all', proxy: 'npm' },
    },
    log: { type: 'stdout', format: 'json', level: 'http' },
    max_body_size: '100mb',
    web: { enable: false },
  };
}

function npmSetting(name: string): string {
  return spawnSync('npm', ['config', 'get', name], { encoding: 'utf8', cwd: FOLDER }).stdout.trim();
}

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits for the line in which it says that it listens. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      if (/http:\/\/127\.0\.0\.1:\d+/.test(text)) resolve();
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('exit', (code) => reject(new Error(`verdaccio ended with ${code}: ${text}`)));
  });
}
