/** Reports to an MLflow server by its REST interface (mlflow.org/docs/latest/rest-api.html). */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { percentDecoded } from '../../native/http';
import { replaceFile } from '../../native/replace-file';
import { type ConfigTree, leaves } from '../config/keys';
import type { MetricsEntry } from '../metrics-logger';
import type { Session } from '../reproduce/run-file';
import type { SystemEntry } from '../system-log';
import type { Outcome } from '../types';
import { Outbox, type OutboxOptions, RefusedError } from './outbox';
import type { TrackedRun, Tracker } from './tracker';

export interface MlflowOptions extends Pick<OutboxOptions, 'pausesMs'> {
  /** Milliseconds that the end of a training waits for the server. @default 10 seconds */
  readonly endMs?: number;
  /** Where the server is and who asks. @default the process's */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A value at a step, as MLflow takes it. */
interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** What MLflow takes in one request. */
const MOST_METRICS = 1000;
const MOST_PARAMETERS = 100;
const LONGEST_VALUE = 6000;

/** How long a request may take. */
const REQUEST_MS = 20_000;

/** In the run folder: which run of the server it is, so that a resume goes on with it. */
const FILE = 'mlflow.json';

const NO_METRICS = ['kind', 'epoch', 'step', 'seconds'];

/** The run of MLflow that a training is; made from `MLFLOW_TRACKING_URI`, and `MLFLOW_EXPERIMENT_NAME` or `_ID`. */
export class Mlflow implements Tracker {
  readonly name = 'MLflow';
  readonly #options: Required<MlflowOptions>;
  readonly #pending: Metric[] = [];
  #outbox: Outbox | undefined;
  #warn: (message: string) => void = () => {};
  #runId: string | undefined;
  /** The last step that the server has of each metric of a run that goes on: after a resume the same values come again. */
  #known: ReadonlyMap<string, number> | undefined;

  constructor({ pausesMs = [1000, 5000, 30_000], endMs = 10_000, env = process.env }: MlflowOptions = {}) {
    this.#options = { pausesMs, endMs, env };
  }

  begin(run: TrackedRun): void {
    this.#warn = run.warn;
    const url = this.#options.env['MLFLOW_TRACKING_URI'] ?? '';
    if (!/^https?:/.test(url))
      throw new Error(`expected MLFLOW_TRACKING_URI to be the http address of a server, found "${url}"`);
    this.#outbox = new Outbox({
      pausesMs: this.#options.pausesMs,
      onFailure: ({ message }, isRefused) =>
        this.#warn(
          isRefused
            ? `MLflow at ${shown(url)} is told no more of this training, which goes on: ${message}.`
            : `MLflow at ${shown(url)} cannot be reached: ${message}. The training goes on, and MLflow is told when it can be.`,
        ),
    });
    this.#outbox.push(() => this.#open(run));
  }

  metrics({ kind, step, ...entry }: MetricsEntry): void {
    this.#log(kind, step, entry);
  }

  /** Under `system/`, where MLflow itself shows what a machine does. */
  system({ step, ...entry }: SystemEntry): void {
    this.#log('system', step, entry);
  }

  async end(outcome: Outcome | 'failed'): Promise<void> {
    const isDone = outcome === 'completed' || outcome === 'stopped early';
    const status = outcome === 'failed' ? 'FAILED' : isDone ? 'FINISHED' : 'KILLED';
    this.#outbox?.push(async () => {
      await this.#post('runs/update', { run_id: this.#runId, status, end_time: Date.now() });
    });
    if ((await this.#outbox?.close(this.#options.endMs)) === false)
      this.#warn('MLflow was not told all of this training; metrics.jsonl in the run folder has it.');
  }

  #log(group: string, step: number, entry: object): void {
    const isIdle = this.#pending.length === 0;
    for (const [key, value] of Object.entries(entry))
      if (typeof value === 'number' && Number.isFinite(value) && !NO_METRICS.includes(key))
        this.#pending.push({ key: nameFor(`${group}/${key}`), value, timestamp: Date.now(), step });
    if (isIdle) this.#outbox?.push(() => this.#sendMetrics());
  }

  /** Goes on with the run that the folder names, or makes one. */
  async #open(run: TrackedRun): Promise<void> {
    const file = join(run.path, FILE);
    if (this.#runId === undefined && run.resumed && existsSync(file)) this.#runId = await this.#reopened(file);
    // It has its parameters, which MLflow lets nobody change.
    if (this.#known !== undefined) return;
    // What failed half way is tried again with the same run.
    this.#runId ??= await this.#create(run);
    const parameters = parametersOf(run.config);
    for (let at = 0; at < parameters.length; at += MOST_PARAMETERS)
      await this.#post('runs/log-batch', { run_id: this.#runId, params: parameters.slice(at, at + MOST_PARAMETERS) });
    replaceFile(file, `${JSON.stringify({ runId: this.#runId }, null, 2)}\n`);
  }

  /** @returns undefined where the server has that run no more */
  async #reopened(file: string): Promise<string | undefined> {
    const { runId } = JSON.parse(readFileSync(file, 'utf8')) as { runId: string };
    try {
      const { run } = (await this.#get('runs/get', { run_id: runId })) as {
        run: { data: { metrics?: readonly { key: string; step: string | number }[] } };
      };
      await this.#post('runs/update', { run_id: runId, status: 'RUNNING' });
      this.#known = new Map((run.data.metrics ?? []).map(({ key, step }) => [key, Number(step)]));
      return runId;
    } catch (error) {
      if (error instanceof RefusedError) return undefined;
      throw error;
    }
  }

  async #create({ path, session }: TrackedRun): Promise<string> {
    const { run } = (await this.#post('runs/create', {
      experiment_id: await this.#experiment(),
      run_name: basename(resolve(path)),
      start_time: Date.now(),
      tags: tagsOf(session),
    })) as { run: { info: { run_id: string } } };
    return run.info.run_id;
  }

  /** The experiment that the environment names, which is made where there is none; else the server's first one. */
  async #experiment(): Promise<string> {
    const { MLFLOW_EXPERIMENT_ID: id, MLFLOW_EXPERIMENT_NAME: name } = this.#options.env;
    if (id) return id;
    if (!name) return '0';
    try {
      const { experiment } = (await this.#get('experiments/get-by-name', { experiment_name: name })) as {
        experiment: { experiment_id: string };
      };
      return experiment.experiment_id;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return ((await this.#post('experiments/create', { name })) as { experiment_id: string }).experiment_id;
    }
  }

  /** Sends what is waiting; what comes meanwhile waits for the next time. */
  async #sendMetrics(): Promise<void> {
    while (this.#pending.length > 0) {
      const metrics = this.#pending.slice(0, MOST_METRICS);
      const fresh = metrics.filter(({ key, step }) => step > (this.#known?.get(key) ?? -1));
      if (fresh.length > 0) await this.#post('runs/log-batch', { run_id: this.#runId, metrics: fresh });
      this.#pending.splice(0, metrics.length);
    }
  }

  #post(path: string, body: object): Promise<unknown> {
    return this.#request(path, { method: 'POST', body: JSON.stringify(body) });
  }

  #get(path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#request(`${path}?${new URLSearchParams(query).toString()}`, { method: 'GET' });
  }

  /** @throws RefusedError when the server says no for good */
  async #request(path: string, request: { readonly method: string; readonly body?: string }): Promise<unknown> {
    const { env } = this.#options;
    const { origin, pathname, username, password } = new URL(env['MLFLOW_TRACKING_URI']!);
    const authorization = authorizationOf(env, { username, password });
    const response = await fetch(`${origin}${pathname.replace(/\/$/, '')}/api/2.0/mlflow/${path}`, {
      ...request,
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      signal: AbortSignal.timeout(REQUEST_MS),
    }).catch((error: Error) => {
      throw new Error(reasonOf(error), { cause: error });
    });
    const text = await response.text();
    if (response.ok) return text === '' ? {} : (JSON.parse(text) as unknown);
    const message = `it answered ${response.status} to ${path.replace(/\?.*/, '')}${messageIn(text)}`;
    throw response.status >= 500 || response.status === 429 || response.status === 408
      ? new Error(message)
      : new RefusedError(message);
  }
}

function authorizationOf(
  env: Required<MlflowOptions>['env'],
  { username, password }: { readonly username: string; readonly password: string },
): string | undefined {
  const user = env['MLFLOW_TRACKING_USERNAME'] ?? percentDecoded(username);
  const secret = env['MLFLOW_TRACKING_PASSWORD'] ?? percentDecoded(password);
  if (user !== '') return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
  return env['MLFLOW_TRACKING_TOKEN'] === undefined ? undefined : `Bearer ${env['MLFLOW_TRACKING_TOKEN']}`;
}

/** The address without its password. */
function shown(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

function reasonOf(error: Error): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? error.message;
}

function messageIn(text: string): string {
  try {
    return `: ${(JSON.parse(text) as { message: string }).message.replace(/\.$/, '')}`;
  } catch {
    return '';
  }
}

function parametersOf(config: ConfigTree): { key: string; value: string }[] {
  return leaves(config).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return { key: nameFor(key), value: text.slice(0, LONGEST_VALUE) };
  });
}

function tagsOf({ command, git }: Session): { key: string; value: string }[] {
  return [
    { key: 'mlflow.source.type', value: 'LOCAL' },
    { key: 'mlflow.source.name', value: command.join(' ').slice(0, LONGEST_VALUE) },
    ...(git ? [{ key: 'mlflow.source.git.commit', value: git.revision }] : []),
  ];
}

/** MLflow's names have letters, digits and these signs. */
function nameFor(name: string): string {
  return name.replace(/[^\w\-. /]/g, '_').slice(0, 250);
}
