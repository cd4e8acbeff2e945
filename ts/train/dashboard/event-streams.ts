/** Server-sent events: every browser gets what is new to it, as fast as it reads and no faster. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { MetricsEntry } from '../metrics-logger';
import type { RunView } from './protocol';
import type { RunRegistry } from './run-registry';
import type { Lines, WatchedRun } from './watched-run';

/** Between two looks at what is new: at what this process tells, and at folders. */
const LIVE_MS = 250;
const FOLDER_MS = 2000;
/** A comment keeps a silent connection from being taken for a dead one. */
const COMMENT_MS = 15_000;
/** Who has taken nothing for so long does not read. */
const STALLED_MS = 60_000;
const GOODBYE_MS = 500;
const MOST_BROWSERS = 32;
/** Lines about training that a curve begins with; of a longer log every so many are taken. */
const MOST_LINES = 4000;

interface Cursor {
  generation: number;
  length: number;
}

/** A page that listens. */
interface Browser {
  readonly response: ServerResponse;
  /** The runs that it draws. */
  readonly drawn: readonly string[];
  /** Of each list of these runs, how much it has. */
  readonly cursors: Map<string, Cursor>;
  /** The last view of each run that it was told, as JSON. */
  readonly views: Map<string, string>;
  order: string;
  writtenAt: number;
}

/** What a run has that a page did not have. A list that begins anew replaces what the page has. */
type News = Readonly<Record<string, { readonly isNew: boolean; readonly items: readonly unknown[] }>>;

export class EventStreams {
  readonly #registry: RunRegistry;
  readonly #browsers = new Set<Browser>();
  #timer: NodeJS.Timeout | undefined;
  #refreshedAt = 0;

  constructor(registry: RunRegistry) {
    this.#registry = registry;
  }

  /** Whether one more page can listen. */
  get hasRoom(): boolean {
    return this.#browsers.size < MOST_BROWSERS;
  }

  /** Sends events to a page until it goes. @param drawn the runs whose curves it wants */
  add(response: ServerResponse, drawn: readonly string[]): void {
    const browser: Browser = {
      response,
      drawn,
      cursors: new Map(),
      views: new Map(),
      order: '',
      writtenAt: Date.now(),
    };
    this.#browsers.add(browser);
    const remove = () => this.#remove(browser);
    response.on('close', remove).on('error', remove);
    response.write('retry: 1000\n\n');
    this.#timer ??= setInterval(() => this.flush(), LIVE_MS);
    this.flush();
  }

  #remove(browser: Browser): void {
    this.#browsers.delete(browser);
    if (this.#browsers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Tells every page what is new. Folders are looked at only while somebody looks at them. */
  flush(): void {
    if (this.#browsers.size === 0) return;
    const now = Date.now();
    if (now - this.#refreshedAt >= FOLDER_MS) {
      this.#registry.refresh();
      this.#refreshedAt = Date.now();
    }
    const views = this.#registry.runs.map((run) => run.view());
    for (const browser of this.#browsers) this.#tell(browser, views, now);
  }

  #tell(browser: Browser, views: readonly RunView[], now: number): void {
    const { response } = browser;
    if (response.writableNeedDrain) {
      if (now - browser.writtenAt > STALLED_MS) response.destroy();
      return;
    }
    tellViews(browser, views);
    for (const id of browser.drawn) {
      const run = this.#registry.get(id);
      if (run) tellRun(browser, run);
    }
    const { log } = this.#registry;
    if (hasNews(browser, 'log', log)) write(browser, 'log', newsOf(browser, { log }));
    if (now - browser.writtenAt > COMMENT_MS) {
      response.write(':\n\n');
      browser.writtenAt = now;
    }
  }

  /** Tells the last news, says that nothing more will come, and ends all streams; who does not read has a moment for it. */
  async close(): Promise<void> {
    this.flush();
    clearInterval(this.#timer);
    const told = [...this.#browsers].map(({ response }) => {
      response.end('event: bye\ndata: {}\n\n');
      return once(response, 'close', { signal: AbortSignal.timeout(GOODBYE_MS) }).catch(() => {});
    });
    await Promise.all(told);
  }
}

/** Which runs there are, and of each the view that has changed. */
function tellViews(browser: Browser, views: readonly RunView[]): void {
  const order = views.map(({ id }) => id);
  const changed = views.filter((view) => browser.views.get(view.id) !== JSON.stringify(view));
  if (changed.length === 0 && browser.order === order.join()) return;
  for (const view of changed) browser.views.set(view.id, JSON.stringify(view));
  browser.order = order.join();
  write(browser, 'runs', { order, runs: changed });
}

function tellRun(browser: Browser, run: WatchedRun): void {
  const { id, entries, system, log, shown, facts } = run;
  const lists = { entries, system, log, shown };
  const isFirst = !browser.cursors.has(`${id} entries`);
  if (!isFirst && !Object.entries(lists).some(([name, list]) => hasNews(browser, `${id} ${name}`, list))) return;
  write(browser, 'run', { id, ...(isFirst && { facts }), ...newsOf(browser, lists, `${id} `) });
}

function hasNews(browser: Browser, name: string, list: Lines<unknown>): boolean {
  const cursor = browser.cursors.get(name);
  return cursor === undefined || cursor.generation !== list.generation || cursor.length < list.items.length;
}

/** What the page has not got of some lists; it counts as told then. */
function newsOf(browser: Browser, lists: Readonly<Record<string, Lines<unknown>>>, prefix = ''): News {
  const news = Object.entries(lists).map(([name, list]) => {
    const cursor = browser.cursors.get(prefix + name);
    const isNew = cursor === undefined || cursor.generation !== list.generation;
    browser.cursors.set(prefix + name, { generation: list.generation, length: list.items.length });
    const items = list.items.slice(isNew ? 0 : cursor.length);
    return [
      name,
      { isNew, items: isNew && name === 'entries' ? thinned(items as readonly MetricsEntry[]) : items },
    ] as const;
  });
  return Object.fromEntries(news);
}

/** At most so many lines about training, evenly; all evaluations. */
function thinned(entries: readonly MetricsEntry[]): readonly MetricsEntry[] {
  const every = Math.ceil(entries.length / MOST_LINES);
  if (every === 1) return entries;
  return entries.filter(({ kind }, i) => kind === 'val' || i % every === 0 || i === entries.length - 1);
}

function write(browser: Browser, event: string, data: unknown): void {
  browser.response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  browser.writtenAt = Date.now();
}
