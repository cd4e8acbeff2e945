import { Html, html } from './html';

export interface Image {
  /** The bytes of a JPEG. */
  readonly jpeg: Uint8Array;
  readonly title: string;
  readonly caption: Html;
}

/** Images side by side, each with its text; the bytes are part of the page. */
export function imageGrid(images: readonly Image[]): Html {
  return html`<div class="images">${images.map(captioned)}</div>`;
}

/** A JPEG as the source of an image element. */
export function dataUri(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}

function captioned({ jpeg, title, caption }: Image): Html {
  return html`<figure>
<img src="${dataUri(jpeg)}" alt="${title}" loading="lazy">
<figcaption><strong>${title}</strong>${caption}</figcaption>
</figure>`;
}
