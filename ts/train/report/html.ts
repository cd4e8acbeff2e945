/** Markup, which enters a page as it is; everything else is escaped. */
export class Html {
  constructor(readonly markup: string) {}
}

type Content = Html | string | number | null | undefined | readonly Content[];

/** Markup with its values escaped: html`<td>${name}</td>`. Null and undefined are empty, lists are joined. */
export function html(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.map((part, i) => (i === 0 ? '' : render(values[i - 1])) + part).join(''));
}

/** The characters that end a text or a quoted attribute, as entities. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Data for the page's script; no string in it can end the element. */
export function jsonScript(data: unknown): Html {
  const json = JSON.stringify(data).replace(/</g, '\\u003c');
  return new Html(`<script type="application/json">${json}</script>`);
}

function render(value: Content): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}
