/** What the server has told, and what the reader has chosen. */

/** @typedef {import('../../ts/train/dashboard/protocol').RunView} RunView */
/** @typedef {import('../../ts/train/dashboard/protocol').RunFacts} RunFacts */
/** @typedef {import('../../ts/train/dashboard/protocol').LogLine} LogLine */
/** @typedef {import('../../ts/train/dashboard/protocol').Shown} Shown */
/** @typedef {import('../../ts/train/metrics-logger').MetricsEntry} MetricsEntry */
/** @typedef {import('../../ts/train/system-log').SystemEntry} SystemEntry */
/** @typedef {{ entries: MetricsEntry[], system: SystemEntry[], log: LogLine[], shown: Shown[], facts: RunFacts | null }} Details */
/** @typedef {{ isNew: boolean, items: unknown[] }} News */

const token = new URLSearchParams(location.search).get('token') ?? '';

/** @type {Map<string, RunView>} */
const views = new Map();
/** The ids of all runs in the order of the list. @type {string[]} */
let order = [];
/** What is known of the runs that are drawn. @type {Map<string, Details>} */
const details = new Map();
/** What the process has said beside its runs. @type {LogLine[]} */
let processLog = [];
/** The runs whose curves are drawn; the first is the one that tiles, buttons, images and log are of. @type {string[]} */
let drawn = location.hash.slice(1).split(',').filter(Boolean);
/** Whether the reader has chosen; until then the newest is drawn. */
let isChosen = drawn.length > 0;
/** @type {'connecting' | 'live' | 'lost' | 'ended'} */
let link = 'connecting';

/** @type {(() => void)[]} */
const watchers = [];
let isAnnounced = false;
/** Calls all watchers once the browser is about to draw. */
function announce() {
  if (isAnnounced) return;
  isAnnounced = true;
  const tell = () => {
    isAnnounced = false;
    for (const watcher of watchers) watcher();
  };
  // A page in the background draws nothing, but its title shall go on.
  if (document.hidden) setTimeout(tell, 1000);
  else requestAnimationFrame(tell);
}

/** The run that tiles, buttons, images and log are of. @returns {RunView | undefined} */
function shownRun() {
  return views.get(drawn[0] ?? '');
}

/** An address of this server, with what it asks for. @param {string} path */
function addressOf(path) {
  return `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;
}

/** Draws these runs. @param {string[]} ids */
function draw(ids) {
  if (ids.join() === drawn.join()) return;
  drawn = ids;
  for (const id of details.keys()) if (!ids.includes(id)) details.delete(id);
  if (isChosen) history.replaceState(null, '', `#${ids.join(',')}`);
  connect();
  announce();
}

/** What the reader chose. @param {string[]} ids */
function choose(ids) {
  isChosen = true;
  draw(ids);
}

/** @type {EventSource | undefined} */
let source;

/** Opens the stream of news anew, for the runs that are drawn now. */
function connect() {
  source?.close();
  const stream = new EventSource(addressOf(`api/events?runs=${drawn.join(',')}`));
  source = stream;
  stream.addEventListener('open', () => setLink('live'));
  stream.addEventListener('error', () => setLink(stream.readyState === EventSource.CLOSED ? 'ended' : 'lost'));
  stream.addEventListener('runs', ({ data }) => receiveRuns(JSON.parse(data)));
  stream.addEventListener('run', ({ data }) => receiveRun(JSON.parse(data)));
  stream.addEventListener('log', ({ data }) => {
    const { log } = JSON.parse(data);
    processLog = merged(processLog, log);
    announce();
  });
  stream.addEventListener('bye', () => {
    stream.close();
    setLink('ended');
  });
}

/** @param {'connecting' | 'live' | 'lost' | 'ended'} state */
function setLink(state) {
  link = state;
  announce();
}

/** @param {{ order: string[], runs: RunView[] }} news */
function receiveRuns(news) {
  order = news.order;
  for (const run of news.runs) views.set(run.id, run);
  for (const id of views.keys()) if (!order.includes(id)) views.delete(id);
  const kept = drawn.filter((id) => views.has(id));
  const first = order[0];
  if (kept.length === 0 && first !== undefined) draw([first]);
  // A training that begins is what one wants to see, unless one has chosen.
  else if (!isChosen && first !== undefined && views.get(first)?.controls && drawn[0] !== first) draw([first]);
  else if (kept.length < drawn.length && kept.length > 0) draw(kept);
  announce();
}

/** @param {{ id: string, facts?: RunFacts } & Record<'entries' | 'system' | 'log' | 'shown', News>} news */
function receiveRun({ id, facts, ...lists }) {
  const known = details.get(id) ?? { entries: [], system: [], log: [], shown: [], facts: null };
  details.set(id, {
    entries: merged(known.entries, lists.entries),
    system: merged(known.system, lists.system),
    log: merged(known.log, lists.log),
    shown: merged(known.shown, lists.shown),
    facts: facts ?? known.facts,
  });
  announce();
}

/** @template T @param {T[]} known @param {News} news @returns {T[]} */
function merged(known, { isNew, items }) {
  if (isNew) return /** @type {T[]} */ (items);
  for (const item of items) known.push(/** @type {T} */ (item));
  return known;
}
