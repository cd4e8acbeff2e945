import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import ts from 'typescript';
import { parse } from 'yaml';
import { parseEndpoint } from '../../ts/cli/launch/endpoint';
import { program as commandLine } from '../cli/programs';
import { freePort, program, temporary, type Ended } from '../distributed/launchers';
import { PYTHON } from '../distributed/ranks';

const ROOT = path.join(__dirname, '../..');
const SCRIPTS = path.join(ROOT, 'examples/launchers');
const LAUNCHED = ['--require', 'tsx/cjs', path.join(ROOT, 'test/distributed/launched-program.ts')];

/** What stands in for a program that is not here; it is found before one that is. */
function standIn(name: string, code: string): string {
  mkdirSync(temporary('bin'), { recursive: true });
  const file = program(`bin/${name}`, `#!/bin/bash\n${code}\n`);
  chmodSync(file, 0o755);
  return path.dirname(file);
}

function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Omit<Ended, 'shown'>> {
  const child = spawn(path.join(SCRIPTS, script), args, { env: { ...process.env, ...env }, cwd: ROOT });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const PATH = (folder: string): string => `${folder}:${process.env.PATH}`;

/** The sums that ranks have found together, by rank. */
const sums = (text: string): [rank: number, sum: number][] =>
  [...text.matchAll(/\{"sum":(\d+),"rank":(\d+)/g)]
    .map(([, sum, rank]): [number, number] => [Number(rank), Number(sum)])
    .sort(([a], [b]) => a - b);

describe('the launchers of examples', () => {
  for (const script of ['slurm.sh', 'torchrun.sh', 'mpirun.sh'])
    it(`are scripts that bash reads: ${script}`, () => {
      const { status, stderr } = spawnSync('bash', ['-n', path.join(SCRIPTS, script)], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    });

  it('start a job of two nodes under Slurm', async () => {
    standIn('scontrol', `[[ "$*" = "show hostnames nodes[1-2]" ]] && printf 'localhost\\nnode2\\n'`);
    standIn('npx', `[[ $1 = torchts ]] && shift && exec "${process.execPath}" ${quoted(commandLine('torchts'))} "$@"`);
    const folder = standIn(
      'srun',
      `[[ $1 = --kill-on-bad-exit=0 ]] && shift
       for node in 0 1; do SLURM_NODEID=$node SLURM_PROCID=$node "$@" & pids+=($!); done
       for pid in "\${pids[@]}"; do wait "$pid" || exit; done`,
    );
    const file = program(
      'named.cjs',
      `console.log([process.env.RANK, process.env.WORLD_SIZE, process.env.TORCHELASTIC_RUN_ID].join(' of '));`,
    );
    const { code, stdout, stderr } = await run('slurm.sh', [file], {
      PATH: PATH(folder),
      SLURM_JOB_NODELIST: 'nodes[1-2]',
      SLURM_JOB_NUM_NODES: '2',
      SLURM_JOB_ID: String(await freeJob()),
      NPROC: '2',
    });
    assert.equal(code, 0, stderr);
    const lines = [...stdout.matchAll(/^\[rank\d\] (\d) of 4 of \d+$/gm)].map(([, rank]) => rank);
    assert.deepEqual(lines.sort(), ['0', '1', '2', '3'], stdout);
  });

  it('give a group its ranks under mpirun', async () => {
    const port = String(await freePort());
    const found = await Promise.all(
      ['0', '1'].map((rank) =>
        run('mpirun.sh', [process.execPath, ...LAUNCHED], {
          OMPI_COMM_WORLD_RANK: rank,
          OMPI_COMM_WORLD_SIZE: '2',
          OMPI_COMM_WORLD_LOCAL_RANK: rank,
          OMPI_COMM_WORLD_LOCAL_SIZE: '2',
          MASTER_ADDR: '127.0.0.1',
          MASTER_PORT: port,
        }),
      ),
    );
    assert.deepEqual(sums(found.map(({ stdout }) => stdout).join('')), [
      [0, 3],
      [1, 3],
    ]);
    const { code, stderr } = await run('mpirun.sh', ['true'], {});
    assert.equal(code, 1);
    assert.match(stderr, /PMI_RANK: is not set: start this by mpirun/);
  });

  it('give a group its ranks under torchrun', async function () {
    if (PYTHON === undefined) return this.skip();
    standIn('node', `exec "${process.execPath}" "$@"`);
    const folder = standIn('torchrun', `exec "${PYTHON}" -m torch.distributed.run "$@"`);
    const { code, stdout, stderr } = await run('torchrun.sh', LAUNCHED, { PATH: PATH(folder) });
    assert.equal(code, 0, stderr);
    assert.deepEqual(sums(stdout), [
      [0, 3],
      [1, 3],
    ]);
  });

  it('are a JobSet that fits the types of Kubernetes, at the endpoint of its first pod', () => {
    const jobSet = parse(readFileSync(path.join(SCRIPTS, 'kubernetes.yaml'), 'utf8')) as JobSet;
    assert.deepEqual(mistypedParts(jobSet), []);
    const wrong = structuredClone(jobSet);
    wrong.spec.replicatedJobs[0]!.template.spec.template.spec.containers[0]!.imagePullPolic = 'Always';
    assert.match(mistypedParts(wrong).join(), /imagePullPolic/);
    const { metadata, spec } = jobSet;
    const [job] = spec.replicatedJobs;
    const { command } = job!.template.spec.template.spec.containers[0]!;
    const endpoint = command.find((word) => word.startsWith('--rdzv-endpoint='))!.split('=')[1]!;
    assert.deepEqual(parseEndpoint(endpoint)?.host, `${metadata.name}-${job!.name}-0-0.${metadata.name}`);
  });
});

interface JobSet {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicatedJobs: {
      readonly name: string;
      readonly template: {
        readonly spec: {
          readonly template: {
            readonly spec: { readonly containers: ({ readonly command: string[] } & Record<string, unknown>)[] };
          };
        };
      };
    }[];
  };
}

/** What TypeScript says of a JobSet: what is JobSet's own is written here by its API v1alpha2, the rest is Kubernetes'. */
function mistypedParts(jobSet: JobSet): string[] {
  const file = path.join(ROOT, 'test/examples/job-set.generated.ts');
  const text = `
import type { JobTemplateSpec } from 'kubernetes-types/batch/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
interface JobSet {
  apiVersion: 'jobset.x-k8s.io/v1alpha2';
  kind: 'JobSet';
  metadata: ObjectMeta;
  spec: {
    network?: { enableDNSHostnames?: boolean; subdomain?: string; publishNotReadyAddresses?: boolean };
    failurePolicy?: { maxRestarts?: number };
    replicatedJobs: { name: string; replicas?: number; template: JobTemplateSpec }[];
  };
}
export const jobSet: JobSet = ${JSON.stringify(jobSet)};`;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : read(name, ...rest);
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || exists(name);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** The number of a job whose port, as slurm.sh chooses it, nobody listens on. */
async function freeJob(): Promise<number> {
  for (;;) {
    const id = Math.floor(Math.random() * 10_000);
    const server = createServer();
    const isFree = await new Promise((resolve) =>
      server.on('error', () => resolve(false)).listen(20_000 + id, () => server.close(() => resolve(true))),
    );
    if (isFree) return id;
  }
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ');
}
