/** How the tests ask a dashboard. */
import { request } from 'node:http';
import type { MetricsEntry } from '../../../ts/train/metrics-logger';
import type { LogLine, RunFacts, RunView, Shown } from '../../../ts/train/dashboard/protocol';
import type { SystemEntry } from '../../../ts/train/system-log';

export interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks for a path with the token of `address`, unless the headers or the path say otherwise. */
export function ask(address: string, path = '/', { method = 'GET', headers = {}, body }: Ask = {}): Promise<Reply> {
  const { port, searchParams, hostname } = new URL(address);
  const own = { authorization: `Bearer ${searchParams.get('token')}` };
  const all = Object.fromEntries(Object.entries({ ...own, ...headers }).filter(([, value]) => value !== ''));
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostname.replace(/^\[|\]$/g, ''), port, path, method, headers: all }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Presses a button. */
export function press(address: string, run: string, command: object): Promise<Reply> {
  const headers = { 'content-type': 'application/json' };
  return ask(address, `/api/runs/${run}/controls`, { method: 'POST', headers, body: JSON.stringify(command) });
}

interface News<Item> {
  readonly isNew: boolean;
  readonly items: readonly Item[];
}

/** What the data of events holds; which of it is there depends on the event. */
export interface EventData {
  readonly order: readonly string[];
  readonly runs: readonly RunView[];
  readonly facts: RunFacts;
  readonly entries: News<MetricsEntry>;
  readonly system: News<SystemEntry>;
  readonly shown: News<Shown>;
  readonly log: News<LogLine>;
}

/** One event of a stream. */
export interface StreamEvent {
  readonly event: string;
  readonly data: EventData;
}

/** The events of `/api/events` as they come; ends with the stream, or when the caller has seen enough. */
export async function* events(
  address: string,
  runs: readonly string[] = [],
): AsyncGenerator<StreamEvent, void, undefined> {
  const { origin, searchParams } = new URL(address);
  const url = `${origin}/api/events?runs=${runs.join(',')}&token=${searchParams.get('token')}`;
  const controller = new AbortController();
  const response = await fetch(url, { signal: controller.signal });
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const part of response.body!) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
        if (event !== undefined) yield { event, data: JSON.parse(data!) as EventData };
      }
    }
  } finally {
    controller.abort();
  }
}

/** The first event that `isWanted`. */
export async function firstEvent(
  address: string,
  runs: readonly string[],
  isWanted: (event: StreamEvent) => boolean,
): Promise<StreamEvent> {
  for await (const event of events(address, runs)) if (isWanted(event)) return event;
  throw new Error('the stream ended before the event came');
}
