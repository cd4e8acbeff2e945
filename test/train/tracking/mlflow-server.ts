/** A stand-in for an MLflow server: what its REST documentation says of experiments and runs, refusing what that forbids. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredMetric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

export interface StoredRun {
  readonly experiment: string;
  readonly name: string;
  status: string;
  endTime?: number;
  readonly tags: Record<string, string>;
  readonly params: Record<string, string>;
  readonly metrics: StoredMetric[];
}

type Body = Record<string, unknown>;
type Reply = readonly [status: number, body: object];

const NAME = /^[\w\-. /]{1,250}$/;

export class MlflowServer {
  readonly runs = new Map<string, StoredRun>();
  readonly experiments = new Map<string, string>([['0', 'Default']]);
  readonly requests: string[] = [];
  /** The authorization of each request. */
  readonly authorizations = new Set<string | undefined>();
  /** Answers in its place where it gives something. */
  trouble: ((path: string) => Reply | undefined) | undefined;
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      void this.#reply(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server!.closeAllConnections();
    return new Promise((resolve) => this.#server!.close(() => resolve()));
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url!, 'http://localhost');
    const path = url.pathname.replace(/^.*\/api\/2\.0\/mlflow\//, '');
    this.requests.push(`${request.method} ${path}`);
    this.authorizations.add(request.headers.authorization);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const trouble = this.trouble?.(path);
    if (trouble) return trouble;
    if (request.method === 'GET') return this.#get(path, url.searchParams);
    if (request.headers['content-type'] !== 'application/json') return refused('expected JSON');
    return this.#post(path, JSON.parse(Buffer.concat(pieces).toString()) as Body);
  }

  #get(path: string, query: URLSearchParams): Reply {
    if (path === 'experiments/get-by-name') {
      const found = [...this.experiments].find(([, name]) => name === query.get('experiment_name'));
      return found ? [200, { experiment: { experiment_id: found[0], name: found[1] } }] : missing('experiment');
    }
    if (path === 'runs/get') {
      const run = this.runs.get(query.get('run_id')!);
      if (!run) return missing('run');
      const latest = new Map(run.metrics.map((metric) => [metric.key, metric]));
      return [200, { run: { info: { run_id: query.get('run_id') }, data: { metrics: [...latest.values()] } } }];
    }
    return missing(path);
  }

  #post(path: string, body: Body): Reply {
    if (path === 'experiments/create') {
      const id = String(this.experiments.size);
      this.experiments.set(id, body['name'] as string);
      return [200, { experiment_id: id }];
    }
    if (path === 'runs/create') return this.#create(body);
    const run = this.runs.get(body['run_id'] as string);
    if (!run) return missing('run');
    if (path === 'runs/log-batch') return logged(run, body);
    if (path !== 'runs/update') return missing(path);
    if (!['RUNNING', 'FINISHED', 'FAILED', 'KILLED'].includes(body['status'] as string)) return refused('status');
    run.status = body['status'] as string;
    run.endTime = body['end_time'] as number | undefined;
    return [200, { run_info: { run_id: body['run_id'] } }];
  }

  #create({ experiment_id: experiment, run_name: name, start_time: start, tags }: Body): Reply {
    if (!this.experiments.has(experiment as string)) return missing('experiment');
    if (!Number.isInteger(start)) return refused('start_time');
    const id = `run${this.runs.size}`;
    const pairs = tags as { key: string; value: string }[];
    this.runs.set(id, {
      experiment: experiment as string,
      name: name as string,
      status: 'RUNNING',
      tags: Object.fromEntries(pairs.map(({ key, value }) => [key, value])),
      params: {},
      metrics: [],
    });
    return [200, { run: { info: { run_id: id, status: 'RUNNING' } } }];
  }
}

function logged(run: StoredRun, body: Body): Reply {
  const { metrics = [], params = [] } = body as { metrics?: StoredMetric[]; params?: { key: string; value: string }[] };
  if (metrics.length > 1000 || params.length > 100) return refused('too many');
  if (![...metrics, ...params].every(({ key }) => NAME.test(key))) return refused('a name');
  for (const { value, step, timestamp } of metrics)
    if (typeof value !== 'number' || !Number.isInteger(step) || !Number.isInteger(timestamp))
      return refused('a metric');
  for (const { key, value } of params) {
    if (typeof value !== 'string' || value.length > 6000) return refused('a parameter');
    if (run.params[key] !== undefined && run.params[key] !== value) return refused(`${key} changed`);
    run.params[key] = value;
  }
  run.metrics.push(...metrics);
  return [200, {}];
}

function refused(what: string): Reply {
  return [400, { error_code: 'INVALID_PARAMETER_VALUE', message: `wrong: ${what}` }];
}

function missing(what: string): Reply {
  return [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `no such ${what}` }];
}
