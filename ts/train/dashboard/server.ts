/** The server: a page, events, images, and buttons; nothing that it is asked can reach the training but the commands of `protocol.ts`. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Access } from './access';
import { EventStreams } from './event-streams';
import { contentSecurityPolicy, renderPage, REPORT_POLICY } from './page';
import type { Command, ServerOptions } from './protocol';
import type { RunRegistry } from './run-registry';

/** No request has more to say than a button. */
const BODY_BYTES = 1024;
const REQUEST_MS = 10_000;
const MOST_CONNECTIONS = 128;

/** The first byte of a PNG; the log of an evaluation takes these and JPEGs. */
const PNG_START = 0x89;

const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer', // the address has the token
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** The body of a button. */
const COMMAND_SCHEMA = {
  type: 'object',
  required: ['action'],
  additionalProperties: false,
  properties: { action: { type: 'string' }, factor: { type: 'number' } },
  oneOf: [
    {
      properties: { action: { enum: ['checkpoint', 'pause', 'resume', 'stop', 'unstop'] }, factor: false },
    },
    {
      required: ['factor'],
      properties: { action: { const: 'scaleLearningRate' }, factor: { enum: [0.5, 2] } },
    },
  ],
} as const;

interface RunRequest {
  Params: { id: string };
}

/** Serves runs to browsers. */
export class DashboardServer {
  readonly #app: FastifyInstance;
  readonly #registry: RunRegistry;
  readonly #streams: EventStreams;

  constructor(registry: RunRegistry, access: Access) {
    this.#registry = registry;
    this.#streams = new EventStreams(registry);
    this.#app = fastify({
      bodyLimit: BODY_BYTES,
      requestTimeout: REQUEST_MS,
      forceCloseConnections: true,
      exposeHeadRoutes: false,
      // A request that says too much or says it in another type is refused, not mended.
      ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false } },
    });
    this.#app.server.maxConnections = MOST_CONNECTIONS;
    this.#guard(access);
    this.#addPages();
    this.#addRuns();
  }

  /** @returns the port */
  async listen({ host, port }: Pick<ServerOptions, 'host' | 'port'>): Promise<number> {
    await this.#app.listen({ host, port });
    return (this.#app.server.address() as AddressInfo).port;
  }

  /** Ends all connections, after the last news. */
  async close(): Promise<void> {
    await this.#streams.close();
    await this.#app.close();
  }

  /** Looks at every request before anything is made of it, one for a page that does not exist as well. */
  #guard(access: Access): void {
    this.#app.addHook('onRequest', async (request, reply) => {
      void reply.headers(HEADERS);
      const refusal = access.refusal(request);
      if (refusal) await reply.code(refusal.status).send({ error: refusal.message });
    });
    this.#app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: 'There is nothing at this address.' }));
    this.#app.setErrorHandler((error: FastifyError, _, reply) => {
      const status = error.statusCode ?? 500;
      return reply.code(status).send({ error: status < 500 ? error.message : 'This cannot be shown now.' });
    });
  }

  #addPages(): void {
    this.#app.get('/', (_, reply) => {
      const nonce = randomBytes(16).toString('base64');
      void reply.headers({ 'content-security-policy': contentSecurityPolicy(nonce), 'x-frame-options': 'DENY' });
      return reply.type('text/html').send(renderPage(nonce));
    });
    this.#app.get<{ Querystring: { runs?: string } }>('/api/events', (request, reply) => {
      if (!this.#streams.hasRoom)
        return reply.code(503).send({ error: 'Too many pages are open: close one of the others.' });
      reply.hijack();
      const headers = { ...HEADERS, 'content-type': 'text/event-stream' };
      reply.raw.writeHead(200, headers).flushHeaders();
      const { runs } = request.query;
      this.#streams.add(reply.raw, typeof runs === 'string' ? runs.split(',') : []);
      return reply;
    });
  }

  #addRuns(): void {
    this.#app.get<RunRequest & { Params: { index: string } }>('/api/runs/:id/images/:index', (request, reply) => {
      const { id, index } = request.params;
      const image = this.#registry.get(id)?.image(Number(index));
      if (!image) return reply.code(404).send({ error: 'This image is not kept any more.' });
      // An image of an evaluation never changes, and the address has the token.
      return reply
        .header('cache-control', 'private, max-age=86400')
        .type(image[0] === PNG_START ? 'image/png' : 'image/jpeg')
        .send(Buffer.from(image));
    });
    this.#app.get<RunRequest>('/runs/:id/report', (request, reply) => this.#report(request, reply));
    this.#app.post<RunRequest & { Body: Command }>(
      '/api/runs/:id/controls',
      { schema: { body: COMMAND_SCHEMA } },
      (request, reply) => {
        const run = this.#registry.get(request.params.id);
        if (!run) return reply.code(404).send({ error: 'There is no such run.' });
        if (!run.steer || run.view().controls === null)
          return reply
            .code(409)
            .send({ error: 'This run does not train in this process, so nobody can steer it here.' });
        run.steer(request.body);
        return reply.code(202).send({});
      },
    );
  }

  #report(request: FastifyRequest<RunRequest>, reply: FastifyReply): FastifyReply {
    const run = this.#registry.get(request.params.id)?.view();
    if (!run?.hasReport) return reply.code(404).send({ error: 'This run has no report yet.' });
    void reply.header('content-security-policy', REPORT_POLICY);
    return reply.type('text/html').send(readFileSync(join(run.path, 'report.html')));
  }
}
