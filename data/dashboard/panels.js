/** The list of runs, the log, and what a run was trained with. */

const MOST_LINES = 500;

function drawRunList() {
  byId('runs').hidden = order.length < 2;
  setText(byId('run-count'), String(order.length));
  const list = byId('run-list');
  const state = JSON.stringify([order.map((id) => rowState(id)), drawn]);
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.of : undefined;
  list.replaceChildren(...order.flatMap((id) => rowOf(id)));
  if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`[data-of="${focused}"]`))?.focus();
}

/** What a row depends on. @param {string} id */
function rowState(id) {
  const run = views.get(id);
  return run && [id, run.name, run.state, run.best?.value];
}

/** @param {string} id @returns {HTMLLIElement[]} */
function rowOf(id) {
  const run = views.get(id);
  if (!run) return [];
  const isDrawn = drawn.includes(id);
  const box = element('input', { type: 'checkbox', 'aria-label': `Draw ${run.name}`, 'data-of': `draw-${id}` });
  box.checked = isDrawn;
  box.className = isDrawn ? colourOf(id).slice(2) : '';
  box.disabled = isDrawn && drawn.length === 1;
  box.addEventListener('change', () => choose(box.checked ? [...drawn, id] : drawn.filter((other) => other !== id)));
  const best = run.best && run.score ? ` · ${shownName(run.score.name)} ${shownNumber(run.best.value)}` : '';
  const name = element(
    'button',
    { type: 'button', 'data-of': `show-${id}`, title: run.path },
    element('span', {}, run.name),
  );
  name.append(element('small', {}, `${STATES[run.state]}${best}`));
  if (drawn[0] === id) name.setAttribute('aria-current', 'true');
  name.addEventListener('click', () =>
    choose([id, ...(drawn.length > 1 ? drawn.filter((other) => other !== id) : [])]),
  );
  return [element('li', { class: drawn[0] === id ? 'shown' : '' }, box, name)];
}

function drawLog() {
  const list = byId('log');
  const run = shownRun();
  const own = details.get(drawn[0] ?? '')?.log ?? [];
  // What the process says belongs to its trainings, between whose lines it stands.
  const lines = run?.controls !== null || order.length < 2 ? inTime(processLog, own) : own;
  const state = `${drawn[0]} ${lines.length}`;
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.replaceChildren(...lines.slice(-MOST_LINES).map(lineElement));
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

/** @param {LogLine[]} a @param {LogLine[]} b */
function inTime(a, b) {
  return a.length === 0 ? b : [...a, ...b].sort((one, other) => (one.time ?? 0) - (other.time ?? 0));
}

/** @param {LogLine} line */
function lineElement({ time, level, text }) {
  const at = time === null ? '' : new Date(time).toLocaleTimeString('en-GB');
  return element('li', { class: level }, element('time', {}, at), element('span', {}, text));
}

function drawAbout() {
  const facts = details.get(drawn[0] ?? '')?.facts;
  byId('about').hidden = !facts;
  const state = `${drawn[0]}`;
  const list = byId('conditions');
  if (!facts || list.dataset.state === state) return;
  list.dataset.state = state;
  list.replaceChildren(
    ...facts.conditions.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
  setText(byId('config'), facts.config);
}
