/** The page: one file that needs nothing but itself, made of those in data/dashboard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../native/package';

const FOLDER = join(packageRoot, 'data', 'dashboard');

/** Scripts in the order in which they build on each other; they share one scope. */
const SCRIPTS = [
  'format.js',
  'store.js',
  'curves.js',
  'charts.js',
  'tiles.js',
  'steering.js',
  'images.js',
  'panels.js',
  'main.js',
];

/** The page. @param nonce allows its own style and script, and no other */
export function renderPage(nonce: string): string {
  const style = [dependency('uplot/dist/uPlot.min.css'), own('style.css')].join('\n');
  const script = [dependency('uplot/dist/uPlot.iife.min.js'), '(() => {', ...SCRIPTS.map(own), '})();'].join('\n');
  const parts = {
    '<!-- style -->': `<style nonce="${nonce}">${style}</style>`,
    '<!-- script -->': `<script nonce="${nonce}">${script}</script>`,
  };
  return Object.entries(parts).reduce((page, [mark, part]) => page.replace(mark, () => part), own('index.html'));
}

/** The rules that a browser applies to the page: nothing from elsewhere, nothing sent elsewhere, no frame around it. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Those for report.html of a run folder, which may be from anyone: it draws, and reaches nothing. */
export const REPORT_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; sandbox allow-scripts";

function own(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

function dependency(name: string): string {
  return readFileSync(require.resolve(name), 'utf8');
}
