/** The same few images at each evaluation, with what the model says of them. */

/** The evaluation that is shown, by its step; null follows the newest. @type {number | null} */
let chosenStep = null;

/** @returns {number[]} */
function evaluatedSteps() {
  const shown = details.get(drawn[0] ?? '')?.shown ?? [];
  return [...new Set(shown.map(({ step }) => step))].sort((a, b) => a - b);
}

function drawImages() {
  const id = drawn[0] ?? '';
  const shown = details.get(id)?.shown ?? [];
  const steps = evaluatedSteps();
  byId('images').hidden = steps.length === 0;
  if (steps.length === 0) return;
  const index = chosenStep !== null && steps.includes(chosenStep) ? steps.indexOf(chosenStep) : steps.length - 1;
  const slider = /** @type {HTMLInputElement} */ (byId('evaluation'));
  slider.max = String(steps.length - 1);
  slider.value = String(index);
  slider.disabled = steps.length === 1;
  const step = /** @type {number} */ (steps[index]);
  const text = `after step ${step.toLocaleString('en-US')}, ${index + 1} of ${steps.length}`;
  slider.setAttribute('aria-valuetext', text);
  setText(byId('evaluation-text'), text);
  /** @type {HTMLButtonElement} */ (byId('earlier')).disabled = index === 0;
  /** @type {HTMLButtonElement} */ (byId('later')).disabled = index === steps.length - 1;
  drawGallery(id, step, shown);
}

/** @param {string} id @param {number} step @param {Shown[]} shown */
function drawGallery(id, step, shown) {
  const gallery = byId('gallery');
  const items = shown.map((item, number) => ({ ...item, number })).filter((item) => item.step === step);
  const state = `${id} ${items.map(({ number }) => number).join()}`;
  if (gallery.dataset.state === state) return;
  gallery.dataset.state = state;
  const cards = items.map(({ name, text, number }) =>
    text === null ? imageCard(id, step, name, number) : textCard(name, text),
  );
  gallery.replaceChildren(...cards);
}

/** @param {string} id @param {number} step @param {string} name @param {number} number */
function imageCard(id, step, name, number) {
  const src = addressOf(`api/runs/${id}/images/${number}`);
  const caption = `${name}, after step ${step}`;
  const button = element(
    'button',
    { type: 'button', 'aria-label': `Enlarge ${caption}` },
    element('img', { src, alt: caption }),
  );
  button.addEventListener('click', () => enlarge(src, caption));
  return element('figure', {}, button, element('figcaption', {}, name));
}

/** @param {string} name @param {string} text */
function textCard(name, text) {
  return element('figure', { class: 'text' }, element('p', {}, text), element('figcaption', {}, name));
}

/** @param {string} src @param {string} caption */
function enlarge(src, caption) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('enlarged'));
  const image = /** @type {HTMLImageElement} */ (dialog.querySelector('img'));
  image.src = src;
  image.alt = caption;
  setText(byId('enlarged-text'), caption);
  dialog.showModal();
}

/** Shows another evaluation; the last one follows what comes. @param {number} index */
function chooseEvaluation(index) {
  const steps = evaluatedSteps();
  const within = Math.max(0, Math.min(steps.length - 1, index));
  chosenStep = within === steps.length - 1 ? null : (steps[within] ?? null);
  drawImages();
}
