/** The side of the training: begins the server in a thread of its own, and tells it what happens. */
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../errors';
import { DASHBOARD_PACKAGE } from '../../native/package';
import { expected, resolveOptions } from '../../options';
import type { TrainControls } from '../controls';
import { listenError } from './listen-error';
import type { Command, FromServer, LogLine, ServerOptions, ToServer } from './protocol';

/** Where a dashboard listens. */
export interface DashboardOptions {
  /** A port from 1 to 65535; 0 takes a free one. @default 0 */
  readonly port: number;
  /** The address of the interface, `0.0.0.0` for all. Whoever reaches it and has the address with its token can steer. @default this machine alone */
  readonly host: string;
}

const defaults: DashboardOptions = { port: 0, host: '127.0.0.1' };

const FILE = require.resolve('./worker');
/** In the repository the sources run as they are. */
const NODE_OPTIONS = FILE.endsWith('.ts') ? ['--require', 'tsx/cjs'] : [];

/** How long the server has to say good-bye to the browsers. */
const CLOSE_MS = 2000;

/**
 * Shows trainings of this process in a browser while they run, beside those whose folders lie next to theirs. The server has a thread of
 * its own, which a long step does not keep waiting; whatever happens to it, to a browser or to the network, the training goes on.
 */
export class Dashboard {
  /** What to open, with the token that it asks for. */
  readonly address: string;
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  readonly #controls = new Map<string, TrainControls>();
  #runs = 0;

  private constructor(worker: Worker, address: string) {
    this.#worker = worker;
    this.address = address;
    this.#exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('message', (message: FromServer) => this.#receive(message));
    worker.on('error', () => {}); // who trains is told by _onFault; without a listener it would end the process
  }

  /**
   * Begins to listen.
   * @throws InputError when the port is in use, the address is not this machine's, or the package for it is not installed
   */
  static async open(options: Partial<DashboardOptions> = {}): Promise<Dashboard> {
    const resolved = resolveOptions('Dashboard', defaults, options);
    const { host, port } = resolved;
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw expected('Dashboard', 'a whole number from 0 to 65535 for port', port, '', InputError);
    if (typeof host !== 'string' || host === '')
      throw expected('Dashboard', 'an address for host', host, 'such as 127.0.0.1', InputError);
    requireServer();
    const token = newToken();
    const worker = newWorker({ host, port, token, folders: [] });
    try {
      return new Dashboard(worker, addressOf({ host, port: await listening(worker, resolved), token }));
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  /** Adds a line to the log that the page shows. */
  say(text: string, level: LogLine['level'] = 'info'): void {
    this._send({ type: 'say', line: { time: Date.now(), level, text } });
  }

  /** Tells the browsers that this is the end, and stops listening. */
  async close(): Promise<void> {
    this._send({ type: 'close' });
    const late = setTimeout(() => void this.#worker.terminate(), CLOSE_MS);
    await this.#exited;
    clearTimeout(late);
  }

  /** @internal Calls `listener` when the server ends by a fault of its own. */
  _onFault(listener: (error: Error) => void): void {
    this.#worker.once('error', listener);
  }

  /** @internal A name for a training of this process, whose buttons go to `controls`. */
  _register(controls: TrainControls): string {
    const run = `live-${++this.#runs}`;
    this.#controls.set(run, controls);
    return run;
  }

  /** @internal Nobody can steer that training any more. */
  _unregister(run: string): void {
    this.#controls.delete(run);
  }

  /** @internal */
  _send(message: ToServer): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromServer): void {
    const controls = message.type === 'steer' ? this.#controls.get(message.run) : undefined;
    if (message.type === 'steer' && controls) steer(controls, message.command);
  }
}

function steer(controls: TrainControls, command: Command): void {
  if (command.action === 'scaleLearningRate') controls.scaleLearningRate(command.factor);
  else if (command.action === 'stop' || command.action === 'unstop') controls.stopAfterEpoch(command.action === 'stop');
  else controls[command.action]();
}

/** Enough that nobody guesses it. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/** What to open in a browser; an address for all interfaces is shown as this machine's. */
export function addressOf({ host, port, token }: Pick<ServerOptions, 'host' | 'port' | 'token'>): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIP(shown) === 6 ? `[${shown}]` : shown}:${port}/?token=${token}`;
}

/** @throws InputError when the package that serves is not installed */
export function requireServer(): void {
  try {
    require.resolve('fastify');
  } catch (cause) {
    throw new InputError(
      `The dashboard needs an npm package that is not installed with torchts: run \`npm install ${DASHBOARD_PACKAGE}\` where torchts is installed.`,
      { cause },
    );
  }
}

function newWorker(options: ServerOptions): Worker {
  const worker = new Worker(FILE, { workerData: options, execArgv: NODE_OPTIONS });
  // The end of a training is not the server's to delay.
  worker.unref();
  return worker;
}

/** The port that the server got. @throws InputError when it got none */
async function listening(worker: Worker, wanted: DashboardOptions): Promise<number> {
  worker.ref();
  try {
    const message = await new Promise<FromServer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (message.type === 'listening') return message.port;
    throw listenError(message as Extract<FromServer, { type: 'refused' }>, wanted);
  } finally {
    worker.unref();
  }
}
