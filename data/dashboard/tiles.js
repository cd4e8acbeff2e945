/** The head of the page and the latest values. */

/** @typedef {{ label: string, value: string, note: string }} Tile */

const STATES = { running: 'training', paused: 'paused', finished: 'finished', stopped: 'stopped', failed: 'failed' };
const LINKS = {
  connecting: 'connecting',
  live: 'connected',
  lost: 'connection lost, trying again',
  ended: 'the server has ended',
};

function drawHead() {
  const run = shownRun();
  const name = run?.name ?? 'runs';
  setText(byId('run-name'), name);
  document.title = run?.steps ? `${Math.floor((100 * run.step) / run.steps)} % ${name} · torchts` : `${name} · torchts`;
  const pill = byId('run-state');
  pill.hidden = run === undefined;
  if (run) {
    pill.className = `pill ${run.state}`;
    setText(pill, run.controls?.paused && run.state === 'running' ? 'pausing' : STATES[run.state]);
  }
  const report = /** @type {HTMLAnchorElement} */ (byId('report'));
  report.hidden = !run?.hasReport || link === 'ended';
  if (run) report.href = addressOf(`runs/${run.id}/report`);
  byId('link').className = `link ${link}`;
  setText(byId('link'), LINKS[link]);
  drawProgress(run);
}

/** @param {RunView | undefined} run */
function drawProgress(run) {
  const box = byId('progress');
  box.hidden = run === undefined;
  if (run === undefined) return;
  const share = run.steps ? run.step / run.steps : run.epochs ? Math.min(1, run.epoch / run.epochs) : 0;
  const bar = /** @type {HTMLElement} */ (box.querySelector('.bar'));
  const fill = /** @type {HTMLElement} */ (bar.firstElementChild);
  bar.setAttribute('aria-valuenow', String(Math.floor(100 * share)));
  fill.style.width = `${100 * share}%`;
  // A mark at the end of each epoch, unless they are too many to tell apart.
  bar.style.setProperty('--epoch', run.epochs && run.epochs <= 60 ? `${100 / run.epochs}%` : '100%');
  const of = (/** @type {number} */ done, /** @type {number | null} */ all) =>
    `${done.toLocaleString('en-US')}${all ? ` of ${all.toLocaleString('en-US')}` : ''}`;
  const parts = [
    `epoch ${of(run.epoch, run.epochs)}`,
    `step ${of(run.step, run.steps)}`,
    ...(run.seconds > 0 ? [`${shownDuration(run.seconds)}${run.controls ? ' so far' : ' of training'}`] : []),
    ...(run.secondsLeft !== null && run.controls ? [`${shownDuration(run.secondsLeft)} left`] : []),
  ];
  setText(byId('progress-text'), parts.map((part) => part.replaceAll(' ', '\u00a0')).join(' · '));
}

/** @returns {Tile[]} */
function tilesOf(/** @type {RunView} */ run) {
  const known = details.get(run.id);
  const train = known?.entries.findLast(({ kind }) => kind === 'train');
  const system = known?.system.at(-1);
  const score = run.score;
  const evaluated =
    score && known?.entries.findLast((entry) => typeof entry[score.name] === 'number' && entry.kind === 'val');
  const show = score ? formatOf(score.name, chartOf(score.name)) : shownNumber;
  return [
    { label: 'Loss', value: shownNumber(run.loss), note: 'of training' },
    ...(score && run.best
      ? [
          {
            label: titleOf(score.name),
            value: show(run.best.value),
            note:
              evaluated && evaluated.step !== run.best.step
                ? `best, now ${show(Number(evaluated[score.name]))}`
                : `best, of epoch ${run.best.epoch}`,
          },
        ]
      : []),
    { label: 'Learning rate', value: shownNumber(run.lr), note: 'highest group' },
    { label: 'Gradient norm', value: shownNumber(numberIn(train, 'gradNorm')), note: 'before clipping' },
    {
      label: 'Throughput',
      value: shownNumber(run.samplesPerSecond ?? system?.samplesPerSecond),
      note: 'samples/second',
    },
    { label: 'Waiting for data', value: shownShare(system?.dataWait), note: 'of each step' },
    ...(system?.deviceUtilization === undefined
      ? []
      : [{ label: 'Device utilization', value: shownShare(system.deviceUtilization), note: 'of the time' }]),
    {
      label: 'Memory',
      value: shownBytes(system?.deviceMemory ?? system?.memory),
      note: system?.deviceMemory === undefined ? 'of the process' : `device; process ${shownBytes(system.memory)}`,
    },
  ];
}

/** @param {string} key @returns {Curve[]} */
function chartOf(key) {
  return charts.get(key)?.spec.curves ?? [];
}

/** @param {Record<string, unknown> | undefined} line @param {string} key */
function numberIn(line, key) {
  const value = line?.[key];
  return typeof value === 'number' ? value : null;
}

function drawTiles() {
  const run = shownRun();
  const tiles = run ? tilesOf(run) : [];
  const list = byId('tiles');
  list.hidden = tiles.length === 0;
  while (list.children.length > tiles.length) list.lastElementChild?.remove();
  tiles.forEach(({ label, value, note }, i) => {
    const tile =
      list.children[i] ??
      list.appendChild(element('div', {}, element('dt'), element('dd'), element('dd', { class: 'note' })));
    [label, value, note].forEach((text, part) => setText(/** @type {Element} */ (tile.children[part]), text));
  });
}
