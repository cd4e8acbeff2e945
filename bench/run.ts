/** `make bench`: runs cases beside their peers, prints the figures, writes them into results.md and results.json. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { needPaths, type Case, type Settings } from './case';
import { cases } from './cases';
import { Fresh, Resident, type BenchProcess } from './bench-process';
import { Hosts, whyNoLink } from './hosts';
import { interleave } from './interleave';
import { commit, load, thisMachine } from './machine';
import { cells } from './markdown';
import { readOptions, USAGE, type Options } from './options';
import { findPeer, type Peer } from './python';
import { record, type Entry } from './results';

/** A load above this spoils figures on two cores. */
const QUIET = 0.7;

/** Makes what the cases need, in a process of its own: the runner stays small and idle. */
function makeWorkspace(root: string, folder: string, { chosen, smoke }: Options): void {
  const needs = new Set(chosen.flatMap((bench) => bench.needs));
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'build', 'bench', 'workspace.js'), folder, String(smoke), ...needs],
    { stdio: 'inherit' },
  );
  if (status !== 0) throw new Error('the workspace of the cases cannot be made');
}

function benches(
  bench: Case,
  settings: Settings,
  root: string,
  peer: Peer,
  host: readonly string[],
): { ours: BenchProcess; peer: BenchProcess | null } {
  const env = { OMP_NUM_THREADS: String(settings.threads), HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' };
  const make = (program: string, file: string): BenchProcess => {
    const [first, ...args] = [...host, program, file, JSON.stringify(settings)];
    const command = { program: first!, args, env };
    return bench.kind === 'fresh' ? new Fresh(command) : new Resident(command);
  };
  const { program = bench.name } = bench;
  const own = (): BenchProcess => make(process.execPath, join(root, 'build', 'bench', `${program}.js`));
  const twin = (): BenchProcess | null =>
    'python' in peer ? make(peer.python, join(root, 'bench', `${program}.py`)) : null;
  return { ours: own(), peer: bench.againstItself ? own() : twin() };
}

/** The case with the measures of a device; tiny sizes reach or miss no target. */
function adapted(bench: Case, { device, smoke }: Options): Case {
  const measures = bench.measures.filter((measure) => measure.device === undefined || measure.device === device);
  return { ...bench, measures: smoke ? measures.map((measure) => ({ ...measure, target: undefined })) : measures };
}

async function runCase(bench: Case, options: Options, root: string, folder: string, peer: Peer): Promise<Entry> {
  const { device, smoke } = options;
  const rounds = options.rounds ?? (smoke ? 1 : bench.rounds);
  const hosts = bench.link ? await Hosts.create(bench.link) : null;
  const [host, otherHost] = [hosts?.on(0) ?? [], hosts?.on(1) ?? []];
  const settings: Settings = { threads: bench.threads, device, smoke, otherHost, ...needPaths(folder) };
  const before = load();
  if (before > QUIET && !smoke)
    console.error(`${bench.name}: the load is ${before}; figures taken beside other work are noisy`);
  const onRound = (round: number, of: number): void =>
    console.error(`${bench.name}: ${round === 0 ? 'warm-up' : `round ${round} of ${of}`}`);
  const outcome = await interleave(adapted(bench, options), benches(bench, settings, root, peer, host), {
    rounds,
    settleMs: smoke ? 0 : undefined,
    onRound,
  }).finally(() => hosts?.remove());
  return {
    name: bench.name,
    title: bench.title,
    about: bench.about,
    device,
    threads: bench.threads,
    rounds,
    date: `${new Date().toISOString().slice(0, 19)}Z`,
    command: ['node build/bench/run.js', ...process.argv.slice(2)].join(' '),
    machine: thisMachine(),
    load: before,
    commit: commit(root),
    absent: 'absent' in peer && !bench.againstItself ? peer.absent : null,
    ...outcome,
  };
}

async function main(): Promise<void> {
  const root = dirname(require.resolve('torchts/package.json'));
  const options = readOptions(root);
  const peer = findPeer();
  if ('absent' in peer)
    console.error(
      `The peer's column stays empty, for no Python has torch and transformers (${peer.absent}). Set TORCHTS_PYTHON.`,
    );
  const folder = mkdtempSync(join(tmpdir(), 'torchts-bench-'));
  try {
    makeWorkspace(root, folder, options);
    for (const bench of options.chosen) {
      const absent = bench.link && whyNoLink();
      if (absent) {
        console.error(`${bench.name}: left out, for it makes two hosts of this machine: ${absent}`);
        continue;
      }
      try {
        const entry = await runCase(bench, options, root, folder, peer);
        console.log(`\n${entry.title}`);
        for (const statistic of entry.statistics) console.log(`  ${cells(statistic).join('  |  ')}`);
        if (options.out) record(options.out, cases, [entry]);
      } catch (error) {
        console.error(`${bench.name}: ${(error as Error).message}`);
        process.exitCode = 1;
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
});
