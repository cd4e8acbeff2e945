/** What `torchts run` was asked for, as a rendezvous and the processes of this node. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { cuda } from '../../tensor';
import { InputError, UsageError } from '../../errors';
import type { Terms } from './decide';
import { ElasticRendezvous } from './elastic-rendezvous';
import { parseEndpoint, type Endpoint } from './endpoint';
import { launch } from './launch';
import type { Rendezvous } from './round';
import { StaticRendezvous } from './static-rendezvous';

/** The options of the command line. */
export interface RunFlags {
  readonly nprocPerNode: number | 'cpu' | 'gpu' | 'auto';
  readonly nnodes: readonly [min: number, max: number];
  readonly maxRestarts: number;
  readonly standalone?: boolean;
  readonly rdzvBackend?: 'c10d' | 'static';
  readonly rdzvEndpoint?: string;
  readonly rdzvId: string;
  readonly rdzvConf: Readonly<Record<string, string>>;
  readonly localAddr?: string;
  readonly nodeRank?: number;
  readonly masterAddr?: string;
  readonly masterPort?: number;
  readonly logDir?: string;
  readonly localRanksFilter?: readonly number[];
}

type Say = (sentence: string) => void;

/** Runs a program as the flags say, until all its processes have ended. @param say gets sentences about what happens */
export async function run(name: string, args: readonly string[], flags: RunFlags, say: Say): Promise<void> {
  const nproc = processesOf(flags.nprocPerNode);
  const { maxRestarts, logDir, localRanksFilter } = flags;
  const isElastic = isMeeting(flags);
  const rendezvous = isElastic ? await elastic(flags, nproc, say) : fixed(flags, nproc, say);
  await launch([...commandOf(name), ...args], rendezvous, {
    nproc,
    maxRestarts,
    runId: isElastic ? flags.rdzvId : `${process.pid}`,
    logDir: logDir === undefined ? null : resolve(logDir),
    localRanks: localRanksFilter ?? null,
  });
}

/** What runs a program: Node for its files and for the commands of this package. */
function commandOf(name: string): string[] {
  if (name === 'facecls' || name === 'vocdet') return [process.execPath, require.resolve(`../${name}`)];
  return /\.[cm]?[jt]s$/.test(name) ? [process.execPath, name] : [name];
}

function processesOf(wanted: RunFlags['nprocPerNode']): number {
  if (typeof wanted === 'number') return wanted;
  const gpus = wanted === 'cpu' ? 0 : cuda.deviceCount();
  if (wanted === 'gpu' && gpus === 0)
    throw new InputError('Expected a GPU for --nproc-per-node gpu, found none; give a number.');
  return gpus > 0 ? gpus : availableParallelism();
}

/** Whether nodes meet at an endpoint; else they were told their numbers. */
function isMeeting(flags: RunFlags): boolean {
  const { standalone, nnodes, rdzvBackend, rdzvEndpoint, nodeRank } = flags;
  if (standalone) {
    if (nnodes[1] > 1) throw new UsageError(`Expected --nnodes 1 with --standalone, found ${nnodes.join(':')}.`);
    return false;
  }
  // As torchrun, which heeds no numbers of nodes with c10d: what starts jobs sets them all the same.
  const meets = (rdzvBackend ?? (rdzvEndpoint !== undefined && nodeRank === undefined ? 'c10d' : 'static')) === 'c10d';
  if (meets && rdzvEndpoint === undefined)
    throw new UsageError('Expected --rdzv-endpoint host:port with --rdzv-backend c10d, found none.');
  return meets;
}

function elastic(flags: RunFlags, nproc: number, say: Say): Promise<Rendezvous> {
  const { rdzvConf, rdzvId, nnodes, maxRestarts, localAddr = null } = flags;
  const conf = readConf(rdzvConf);
  const terms: Terms = {
    minNodes: nnodes[0],
    maxNodes: nnodes[1],
    maxRestarts,
    joinTimeoutMs: conf.seconds('join_timeout', 600),
    lastCallMs: conf.seconds('last_call_timeout', 30),
    keepAliveMs: conf.seconds('keep_alive_interval', 5) * conf.count('keep_alive_max_attempt', 3),
  };
  return ElasticRendezvous.join(
    {
      endpoint: endpointOf(flags),
      isHost: conf.yesOrNo('is_host'),
      id: rdzvId,
      nproc,
      localAddr,
      terms,
      keepAliveIntervalMs: conf.seconds('keep_alive_interval', 5),
    },
    say,
  );
}

function endpointOf({ rdzvEndpoint = '' }: RunFlags): Endpoint {
  const endpoint = parseEndpoint(rdzvEndpoint);
  if (endpoint === undefined)
    throw new UsageError(`Expected host, host:port or [address]:port for --rdzv-endpoint, found ${rdzvEndpoint}.`);
  return endpoint;
}

function fixed(flags: RunFlags, nproc: number, say: Say): Rendezvous {
  const { nnodes, maxRestarts, rdzvEndpoint, nodeRank = 0 } = flags;
  const [least, most] = nnodes;
  if (most > 1 && least !== most)
    throw new UsageError(`Expected --rdzv-endpoint host:port with --nnodes ${least}:${most}, found none.`);
  const endpoint = rdzvEndpoint === undefined ? undefined : endpointOf(flags);
  const masterAddr = flags.masterAddr ?? endpoint?.host ?? '127.0.0.1';
  const masterPort = flags.masterPort ?? endpoint?.port ?? null;
  if (nodeRank >= most)
    throw new UsageError(`Expected --node-rank from 0 to ${most - 1}, for ${most} machines, found ${nodeRank}.`);
  if (most > 1 && masterPort === null)
    throw new UsageError(
      'Expected --rdzv-endpoint, or --node-rank, --master-addr and --master-port, with several machines, found no port.',
    );
  if (most > 1 && maxRestarts > 0)
    throw new UsageError(
      'Expected --max-restarts 0 with --node-rank on several machines: the launchers do not know of each other; with --rdzv-endpoint they do.',
    );
  return new StaticRendezvous({ nproc, nnodes: most, nodeRank, masterAddr, masterPort, maxRestarts }, say);
}

const CONF_KEYS = ['join_timeout', 'last_call_timeout', 'keep_alive_interval', 'keep_alive_max_attempt', 'is_host'];

/** Reads `--rdzv-conf`, whose keys are torchrun's. */
function readConf(conf: Readonly<Record<string, string>>) {
  const unknown = Object.keys(conf).find((key) => !CONF_KEYS.includes(key));
  if (unknown !== undefined) throw new UsageError(`Expected ${CONF_KEYS.join(', ')} in --rdzv-conf, found ${unknown}.`);
  const read = (key: string, usual: number, isGood: (value: number) => boolean, wanted: string): number => {
    const text = conf[key];
    const value = text === undefined ? usual : Number(text);
    if (!isGood(value)) throw new UsageError(`Expected ${wanted} for ${key} in --rdzv-conf, found ${text}.`);
    return value;
  };
  return {
    /** In milliseconds. */
    seconds: (key: string, usual: number) => 1000 * read(key, usual, (value) => value > 0, 'seconds above 0'),
    count: (key: string, usual: number) =>
      read(key, usual, (value) => Number.isInteger(value) && value > 0, 'a whole number of at least 1'),
    yesOrNo(key: string): boolean | null {
      const text = conf[key]?.toLowerCase();
      if (text === undefined) return null;
      if (!['true', '1', 'false', '0'].includes(text))
        throw new UsageError(`Expected true or false for ${key} in --rdzv-conf, found ${conf[key]}.`);
      return text === 'true' || text === '1';
    },
  };
}
