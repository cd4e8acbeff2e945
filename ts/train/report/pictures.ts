import { Html, html } from './html';

export interface Picture {
  /** The bytes of a JPEG. */
  readonly jpeg: Uint8Array;
  readonly title: string;
  readonly caption: Html;
}

/** Pictures side by side, each with its text; the bytes are part of the page. */
export function pictureGrid(pictures: readonly Picture[]): Html {
  return html`<div class="pictures">${pictures.map(figure)}</div>`;
}

/** A JPEG as the source of an image element. */
export function dataUri(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}

function figure({ jpeg, title, caption }: Picture): Html {
  return html`<figure>
<img src="${dataUri(jpeg)}" alt="${title}" loading="lazy">
<figcaption><strong>${title}</strong>${caption}</figcaption>
</figure>`;
}
