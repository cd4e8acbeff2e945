import { readFileSync } from 'node:fs';
import { client } from './client';
import { Html, html } from './html';
import { style } from './style';

export interface Section {
  readonly title: string;
  /** A sentence or two on how to read the section. */
  readonly intro?: string;
  readonly body: Html;
}

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  /** The metrics that matter most, in order. */
  readonly tiles: readonly { readonly label: string; readonly value: string; readonly note?: string }[];
  readonly sections: readonly Section[];
}

/** A browser without a locale calls its language `en-US@posix`, at which uPlot's number format throws. */
const localeGuard = `
try { new Intl.NumberFormat(navigator.language); }
catch { Object.defineProperty(navigator, 'language', { value: 'en-US' }); }
`;

/** A page that needs nothing but itself: style, script, numbers and images are inside. */
export function renderPage({ title, subtitle, tiles, sections }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${asset('uplot/dist/uPlot.min.css')}${new Html(style)}</style>
</head>
<body>
<header><h1>${title}</h1><p>${subtitle}</p></header>
<main>
<dl class="figures">${tiles.map(tile)}</dl>
<nav aria-label="Sections">${sections.map(link)}</nav>
${sections.map(section)}
</main>
<script>${new Html(localeGuard)}${asset('uplot/dist/uPlot.iife.min.js')}</script>
<script>${new Html(client)}</script>
</body>
</html>
`.markup;
}

/** Named facts, one a line. */
export function facts(pairs: Readonly<Record<string, string | number | null>>): Html {
  const line = ([name, value]: [string, string | number | null]) => html`<dt>${name}</dt><dd>${value ?? '–'}</dd>`;
  return html`<dl class="facts">${Object.entries(pairs).map(line)}</dl>`;
}

/** Says which metrics are missing, and why; no section when none is. */
export function notesSection(notes: readonly string[]): Section[] {
  return notes.length > 0
    ? [{ title: 'What is missing', body: html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` }]
    : [];
}

function tile({ label, value, note }: Page['tiles'][number]): Html {
  return html`<div><dt>${label}</dt><dd>${value}${note ? html`<small>${note}</small>` : null}</dd></div>`;
}

function section({ title, intro, body }: Section): Html {
  return html`<section id="${anchor(title)}"><h2>${title}</h2>${intro ? html`<p>${intro}</p>` : null}${body}</section>`;
}

function link({ title }: Section): Html {
  return html`<a href="#${anchor(title)}">${title}</a>`;
}

/** `classes-on-the-test-split`. */
function anchor(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-');
}

/** A file of a dependency as it is: trusted text that holds no closing tag of its element. */
function asset(name: string): Html {
  return new Html(readFileSync(require.resolve(name), 'utf8'));
}

export interface CaptionedImage {
  /** The bytes of a JPEG. */
  readonly jpeg: Uint8Array;
  readonly title: string;
  readonly caption: Html;
}

/** Images side by side, each with its text; the bytes are part of the page. */
export function imageGrid(images: readonly CaptionedImage[]): Html {
  return html`<div class="images">${images.map(captioned)}</div>`;
}

/** A JPEG as the source of an image element. */
function dataUri(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}

function captioned({ jpeg, title, caption }: CaptionedImage): Html {
  return html`<figure>
<img src="${dataUri(jpeg)}" alt="${title}" decoding="async">
<figcaption><strong>${title}</strong>${caption}</figcaption>
</figure>`;
}

/** One image in several renderings. */
export interface ImageStrip {
  readonly title: string;
  readonly panels: readonly { readonly jpeg: Uint8Array; readonly title: string }[];
  /** What there is to say of all of them. */
  readonly caption?: Html;
}

/** Renderings of an image side by side, below each other where there is no room. */
export function imageStrips(strips: readonly ImageStrip[]): Html {
  return html`<div class="strips">${strips.map(strip)}</div>`;
}

function strip({ title, panels, caption }: ImageStrip): Html {
  const images = panels.map(
    (panel) => html`<figure>
<img src="${dataUri(panel.jpeg)}" alt="${title}: ${panel.title}" decoding="async">
<figcaption>${panel.title}</figcaption>
</figure>`,
  );
  return html`<div class="strip"><h3>${title}</h3><div class="panels">${images}</div>${caption}</div>`;
}
