/** Puts the page together. */

watchers.push(drawHead, drawCharts, drawTiles, drawSteering, drawImages, drawRunList, drawLog, drawAbout);

byId('steering').addEventListener('click', (event) => void steer(event));
byId('smoothing').addEventListener('input', ({ target }) => {
  options.smoothing = Number(/** @type {HTMLInputElement} */ (target).value);
  announce();
});
byId('abscissa').addEventListener('change', ({ target }) => {
  options.abscissa = /** @type {HTMLSelectElement} */ (target).value === 'time' ? 'time' : 'step';
  announce();
});
byId('log-scale').addEventListener('change', ({ target }) => {
  options.isLog = /** @type {HTMLInputElement} */ (target).checked;
  announce();
});
byId('more').addEventListener('toggle', announce);

byId('evaluation').addEventListener('input', ({ target }) =>
  chooseEvaluation(Number(/** @type {HTMLInputElement} */ (target).value)),
);
const turn = (/** @type {number} */ by) => () =>
  chooseEvaluation(Number(/** @type {HTMLInputElement} */ (byId('evaluation')).value) + by);
byId('earlier').addEventListener('click', turn(-1));
byId('later').addEventListener('click', turn(1));

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', announce);
addEventListener('resize', resizeCharts);
document.addEventListener('visibilitychange', announce);

// On a phone the list of runs would push everything else down.
const runDetails = /** @type {HTMLDetailsElement} */ (byId('runs').querySelector('details'));
if (matchMedia('(max-width: 60rem)').matches) runDetails.open = false;

connect();
