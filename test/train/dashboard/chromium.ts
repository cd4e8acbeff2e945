/** A browser for the tests of the page. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The program of a Chromium: `CHROMIUM`, the first on the path, or the one that Playwright has installed; undefined where there is none. */
export function chromiumPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = [
    process.env['CHROMIUM'],
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    chromium.executablePath(),
  ];
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
}

export function launch(executablePath: string): Promise<Browser> {
  const off = ['background-networking', 'component-update', 'sync', 'gpu'].map((name) => `--disable-${name}`);
  return chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', ...off] });
}

/** In the page: every text whose contrast with what lies behind it is below WCAG's AA, with its ratio. */
export function poorContrasts(): string[] {
  type Colour = [number, number, number, number];
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const colourOf = (css: string): Colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data as unknown as Colour;
    return [red, green, blue, alpha / 255];
  };
  const behind = (element: Element | null): Colour => {
    if (element === null) return [255, 255, 255, 1];
    const colour = colourOf(getComputedStyle(element).backgroundColor);
    if (colour[3] === 1) return colour;
    const below = behind(element.parentElement);
    const mixed = [0, 1, 2].map((i) => colour[i]! * colour[3] + below[i]! * (1 - colour[3]));
    return [mixed[0]!, mixed[1]!, mixed[2]!, 1];
  };
  const luminance = (colour: Colour): number => {
    const linear = colour.slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
  };
  const isVisible = (element: Element) => element.checkVisibility() && element.getClientRects().length > 0;
  const hasText = (element: Element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== '');
  return [...document.body.querySelectorAll('*')]
    .filter((element) => isVisible(element) && hasText(element) && !element.matches('script, style, :disabled'))
    .flatMap((element) => {
      const [text, ground] = [colourOf(getComputedStyle(element).color), behind(element)].map(luminance);
      const ratio = (Math.max(text!, ground!) + 0.05) / (Math.min(text!, ground!) + 0.05);
      return ratio < 4.5 ? [`${element.tagName} "${element.textContent!.slice(0, 30)}" ${ratio.toFixed(2)}`] : [];
    });
}
