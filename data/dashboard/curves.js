/** Which curves there are, and their points. */

/** @typedef {{ x: number[], y: (number | null)[] }} Points */
/** @typedef {{ run: string, label: string, kind: 'train' | 'val' | 'system', faint: boolean, points: Points }} Curve */
/**
 * One chart: curves of one quantity, of all runs that are drawn.
 * @typedef {{ key: string, title: string, show: (value: number | null | undefined) => string, curves: Curve[], isMain: boolean, isLog: boolean }} ChartSpec
 */

const POSITION_KEYS = ['kind', 'epoch', 'step', 'seconds'];
/** In the order of the page; what is not here comes behind them. */
const MAIN_KEYS = ['loss', 'SCORE', 'lr', 'gradNorm', 'samplesPerSecond', 'dataWait', 'memory', 'deviceUtilization'];
const SYSTEM_KEYS = ['samplesPerSecond', 'dataWait', 'memory', 'deviceMemory', 'deviceUtilization'];
/** In metrics.jsonl and, more often, in system.jsonl. */
const TWICE = ['imagesPerSecond'];

const options = { smoothing: 0, abscissa: /** @type {'step' | 'time'} */ ('step'), isLog: false };

/** All charts of the runs that are drawn. @returns {ChartSpec[]} */
function chartSpecs() {
  const known = drawn.flatMap((id) => {
    const run = details.get(id);
    return run && views.has(id) ? [{ id, run }] : [];
  });
  /** @type {Map<string, Curve[]>} */
  const charts = new Map();
  const add = (/** @type {string} */ key, /** @type {Curve[]} */ curves) =>
    charts.set(key, [...(charts.get(key) ?? []), ...curves]);
  for (const { id, run } of known) {
    const secondsAt = new Map(run.entries.map(({ step, seconds }) => [step, seconds]));
    const xOf = (/** @type {number} */ step) =>
      options.abscissa === 'step' ? step : (secondsAt.get(step) ?? NaN) / 60;
    for (const kind of /** @type {const} */ (['train', 'val'])) {
      const lines = run.entries.filter((entry) => entry.kind === kind);
      for (const key of keysOf(lines)) add(key, curvesOf(id, kind, key, lines, xOf));
    }
    for (const key of SYSTEM_KEYS) {
      const curves = curvesOf(id, 'system', key, run.system, xOf);
      if (curves.length > 0) add(key === 'deviceMemory' ? 'memory' : key, curves);
    }
  }
  return sorted(charts);
}

/** The numbers that lines have. @param {readonly Record<string, unknown>[]} lines */
function keysOf(lines) {
  const keys = new Set(lines.flatMap((line) => Object.keys(line).filter((key) => typeof line[key] === 'number')));
  return [...keys].filter((key) => !POSITION_KEYS.includes(key) && !TWICE.includes(key));
}

/**
 * A curve, and in front of it a smoothed one where that is wished and makes sense.
 * @param {string} run @param {Curve['kind']} kind @param {string} key @param {readonly { step: number }[]} lines @param {(step: number) => number} xOf
 * @returns {Curve[]}
 */
function curvesOf(run, kind, key, lines, xOf) {
  const found = lines.flatMap((line) => {
    const y = /** @type {Record<string, unknown>} */ (line)[key];
    const x = xOf(line.step);
    return typeof y === 'number' && Number.isFinite(x) ? [{ x, y }] : [];
  });
  if (found.length === 0) return [];
  const points = { x: found.map(({ x }) => x), y: found.map(({ y }) => y) };
  const name = views.get(run)?.name ?? run;
  const what = key === 'deviceMemory' ? 'device' : key === 'memory' ? 'process' : kind === 'val' ? 'val' : kind;
  const label =
    drawn.length > 1 ? (kind === 'val' ? `${name} (val)` : key === 'deviceMemory' ? `${name} (device)` : name) : what;
  const curve = {
    run,
    label,
    kind: key === 'deviceMemory' ? /** @type {const} */ ('val') : kind,
    faint: false,
    points,
  };
  if (options.smoothing === 0 || kind === 'val' || key === 'lr') return [curve];
  return [
    { ...curve, faint: true },
    { ...curve, points: { x: points.x, y: smoothed(points.y) } },
  ];
}

/** An exponential moving average that is not drawn to zero at its beginning. @param {(number | null)[]} values */
function smoothed(values) {
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = options.smoothing * sum + (1 - options.smoothing) * value;
    weight = options.smoothing * weight + (1 - options.smoothing);
    return sum / weight;
  });
}

/** @param {Map<string, Curve[]>} charts @returns {ChartSpec[]} */
function sorted(charts) {
  const score = shownRun()?.score?.name ?? '';
  const main = MAIN_KEYS.map((key) => (key === 'SCORE' ? score : key));
  const rank = (/** @type {string} */ key) => (main.includes(key) ? main.indexOf(key) : main.length);
  return [...charts]
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
    .map(([key, curves]) => ({
      key,
      title: titleOf(key),
      show: formatOf(key, curves),
      curves,
      isMain: main.includes(key),
      isLog: options.isLog && key === 'loss',
    }));
}

/** @param {string} key */
function titleOf(key) {
  const name = shownName(key);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Shares are told by what they are called, and by lying between 0 and 1. @param {string} key @param {Curve[]} curves */
function formatOf(key, curves) {
  if (key === 'memory') return shownBytes;
  if (key === 'dataWait' || key === 'deviceUtilization') return shownShare;
  const isShare = /accuracy|precision|recall|f1|^ap|map|overlap|iou/i.test(key);
  const within = curves.every(({ points }) => points.y.every((y) => y === null || (y >= 0 && y <= 1)));
  return isShare && within ? shownShare : shownNumber;
}
