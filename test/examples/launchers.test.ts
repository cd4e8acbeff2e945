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
import { node, PYTHON } from '../distributed/ranks';

const ROOT = path.join(__dirname, '../..');
const SCRIPTS = path.join(ROOT, 'examples/launchers');
const LAUNCHED = node('launched-program').slice(1);

/** What stands in for a program that is not here; it is found before one that is. */
function standIn(name: string, code: string): string {
  mkdirSync(temporary('bin'), { recursive: true });
  const file = program(`bin/${name}`, `#!/bin/bash\n${code}\n`);
  chmodSync(file, 0o755);
  return path.dirname(file);
}

/** @param script one of the examples, or the full path of a program */
function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Omit<Ended, 'shown'>> {
  const child = spawn(path.resolve(SCRIPTS, script), args, { env: { ...process.env, ...env }, cwd: ROOT });
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
    // As slow as one that asks a server: who has read the first name must read on, or it ends by a broken pipe.
    standIn('scontrol', `[[ "$*" = "show hostnames nodes[1-2]" ]] && echo localhost && sleep 0.2 && echo node2`);
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

  it('are jobs that fit the types of Kubernetes, JobSet and Kubeflow Trainer', () => {
    const [jobSet, trainJob] = [readJob<JobSet>('kubernetes.yaml'), readJob<TrainJob>('kubeflow.yaml')];
    const wrongSet = structuredClone(jobSet);
    wrongSet.spec.replicatedJobs[0]!.template.spec.template.spec.containers[0]!.imagePullPolic = 'Always';
    const wrongJob = { ...trainJob, spec: { ...trainJob.spec, trainer: { ...trainJob.spec.trainer, numNode: 2 } } };
    const found = mistypedParts({ JobSet: [jobSet, wrongSet], TrainJob: [trainJob, wrongJob] });
    assert.equal(found.length, 2, found.join('\n'));
    assert.match(found[0]!, /imagePullPolic/);
    assert.match(found[1]!, /numNode/);
  });

  it('meet at the endpoint of the first pod of a JobSet', () => {
    const { metadata, spec } = readJob<JobSet>('kubernetes.yaml');
    const [job] = spec.replicatedJobs;
    const { command } = job!.template.spec.template.spec.containers[0]!;
    const endpoint = command.find((word) => word.startsWith('--rdzv-endpoint='))!.split('=')[1]!;
    assert.deepEqual(parseEndpoint(endpoint)?.host, `${metadata.name}-${job!.name}-0-0.${metadata.name}`);
  });

  it("go by what Kubeflow's runtime sets", async () => {
    const { command, numNodes } = readJob<TrainJob>('kubeflow.yaml').spec.trainer;
    const { bin } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { bin: { torchts: string } };
    const installed = path.join('/app/node_modules/torchts', bin.torchts);
    assert.deepEqual(command, ['node', installed, 'run', '/app/train.mjs']);
    const port = String(await freePort());
    const nodes = Array.from({ length: numNodes }, (_, rank) => ({
      PET_NNODES: String(numNodes),
      PET_NPROC_PER_NODE: '1',
      PET_NODE_RANK: String(rank),
      PET_MASTER_ADDR: '127.0.0.1',
      PET_MASTER_PORT: port,
    }));
    const launcher = [...commandLine('torchts'), 'run', process.execPath, ...LAUNCHED];
    const found = await Promise.all(nodes.map((env) => run(process.execPath, launcher, env)));
    assert.deepEqual(sums(found.map(({ stdout }) => stdout).join('')), [
      [0, 3],
      [1, 3],
    ]);
  });

  it('give a group its ranks under Ray Train', async function () {
    if (PYTHON === undefined) return this.skip();
    // Ray itself is large: of its calls, those that the script makes.
    for (const [name, code] of Object.entries(RAY)) {
      mkdirSync(path.dirname(temporary(`ray/${name}`)), { recursive: true });
      program(`ray/${name}`, code);
    }
    const script = path.join(SCRIPTS, 'ray_train.py');
    const folder = standIn('node', `exec "${process.execPath}" "$@"`);
    const env = { PATH: PATH(folder), PYTHONPATH: temporary('ray') };
    // A file that requires what the command line does.
    const modules = LAUNCHED.filter((word) => word !== '--require').map((name) => require.resolve(name));
    const launched = program('launched.cjs', modules.map((name) => `require(${JSON.stringify(name)});`).join('\n'));
    const { code, stdout, stderr } = await run(PYTHON, [script, '--workers', '2', launched], env);
    assert.equal(code, 0, stderr);
    assert.deepEqual(sums(stdout), [
      [0, 3],
      [1, 3],
    ]);
  });
});

/** What stands in for Ray: workers are threads. */
const RAY = {
  'ray/__init__.py': '',
  'ray/util.py': `def get_node_ip_address(): return "127.0.0.1"`,
  'ray/train/__init__.py': `
import threading
class Options:
    def __init__(self, **options): self.options = options
FailureConfig = RunConfig = ScalingConfig = Options
class Context(threading.local):
    def get_world_rank(self): return self.rank
    def get_world_size(self): return self.size
    get_local_rank, get_local_world_size = get_world_rank, get_world_size
    def get_node_rank(self): return 0
context = Context()
def get_context(): return context
`,
  'ray/train/collective.py': `
import threading
first, written = [], threading.Event()
def broadcast_from_rank_zero(data):
    if data is not None: first.append(data); written.set()
    written.wait()
    return first[0]
`,
  'ray/train/v2/api/data_parallel_trainer.py': `
import threading
from ray.train import context
class DataParallelTrainer:
    def __init__(self, loop, *, train_loop_config, scaling_config, run_config):
        self.loop, self.config, self.size = loop, train_loop_config, scaling_config.options["num_workers"]
    def fit(self):
        def work(rank):
            context.rank, context.size = rank, self.size
            self.loop(self.config)
        workers = [threading.Thread(target=work, args=(rank,)) for rank in range(self.size)]
        for worker in workers: worker.start()
        for worker in workers: worker.join()
`,
};

function readJob<Job>(name: string): Job {
  return parse(readFileSync(path.join(SCRIPTS, name), 'utf8')) as Job;
}

interface TrainJob {
  readonly spec: { readonly trainer: { readonly command: string[]; readonly numNodes: number } };
}

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

/** What is JobSet's own, by its API v1alpha2, and Kubeflow Trainer's, by v1alpha1; the rest is Kubernetes'. */
const TYPES = `
import type { JobTemplateSpec } from 'kubernetes-types/batch/v1';
import type { Container, EnvVar, PodSpec, ResourceRequirements } from 'kubernetes-types/core/v1';
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
interface TrainJob {
  apiVersion: 'trainer.kubeflow.org/v1alpha1';
  kind: 'TrainJob';
  metadata: ObjectMeta;
  spec: {
    runtimeRef: { name: string; apiGroup?: string; kind?: string };
    trainer?: {
      image?: string;
      command?: string[];
      args?: string[];
      env?: EnvVar[];
      numNodes?: number;
      resourcesPerNode?: ResourceRequirements;
      numProcPerNode?: number;
    };
    runtimePatches?: { manager: string; trainingRuntimeSpec?: { template?: { spec?: { replicatedJobs?: JobPatch[] } } } }[];
    suspend?: boolean;
    activeDeadlineSeconds?: number;
  };
}
interface JobPatch {
  name: string;
  template?: { spec?: { template?: { spec?: PodPatch } } };
}
interface PodPatch extends Pick<PodSpec, 'serviceAccountName' | 'volumes' | 'nodeSelector' | 'affinity' | 'tolerations'> {
  containers?: Pick<Container, 'name' | 'env' | 'volumeMounts' | 'securityContext'>[];
}`;

/** What TypeScript says of jobs that are to be of these types. */
function mistypedParts(jobs: Readonly<Record<'JobSet' | 'TrainJob', readonly object[]>>): string[] {
  const file = path.join(ROOT, 'test/examples/typed.generated.ts');
  const typed = Object.entries(jobs).flatMap(([type, values]) =>
    values.map((value, i) => `export const typed${type}${i}: ${type} = ${JSON.stringify(value)};`),
  );
  const text = [TYPES, ...typed].join('\n');
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
