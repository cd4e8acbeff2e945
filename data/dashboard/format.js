/** Numbers and times as people read them, and elements of the page. */

/** A number in as few digits as say it: 0.0123, 1,234, 3.0e-5. @param {number | null | undefined} value */
function shownNumber(value) {
  if (value == null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(size >= 1 ? 4 : 3)));
}

/** @param {number | null | undefined} share from 0 to 1 */
function shownShare(share) {
  return share == null || !Number.isFinite(share) ? '–' : `${Number((100 * share).toFixed(share < 0.1 ? 2 : 1))} %`;
}

/** @param {number | null | undefined} bytes */
function shownBytes(bytes) {
  if (bytes == null || !Number.isFinite(bytes)) return '–';
  return bytes < 2 ** 30
    ? `${Math.round(bytes / 2 ** 20)} MiB`
    : `${(bytes / 2 ** 30).toFixed(bytes < 2 ** 33 ? 2 : 1)} GiB`;
}

/** `45 s`, `3 min 05 s`, `1 h 02 min`. @param {number} seconds */
function shownDuration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two((whole % 3600) / 60)} min`;
}

/** `gradNorm` as `gradient norm`, `meanAccuracy` as `mean accuracy`. @param {string} key */
function shownName(key) {
  const known = {
    lr: 'learning rate',
    gradNorm: 'gradient norm',
    samplesPerSecond: 'throughput',
    dataWait: 'waiting for data',
  };
  if (Object.hasOwn(known, key)) return known[/** @type {keyof typeof known} */ (key)];
  return key.replace(/(?<=[a-z])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The element of the page with this id. @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
function byId(id) {
  return /** @type {T} */ (document.getElementById(id));
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string>>} attributes
 * @param {(Node | string)[]} content
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** Changes a text only where it is another: a screen reader reads each change. @param {Element} target @param {string} text */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
