/**
 * Draws docs/speed.svg of what the benches have measured last (bench/results.json): for each row our time beside the peer's, as bars.
 *
 *     make speed-plot
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../bench/results';

const ROOT = join(__dirname, '..');
const CASES = ['vit-inference', 'detr-inference', 'vit-train-step', 'detr-train-step', 'first-prediction'];
const LABELS = 330,
  BARS = 420,
  NUMBERS = 90,
  ROW = 34,
  BAR = 11,
  HEAD = 40;

type Row = Entry['statistics'][number];

/** Three digits, in seconds or milliseconds. */
function time(seconds: number): string {
  return seconds < 1 ? `${Number((seconds * 1e3).toPrecision(3))} ms` : `${seconds.toPrecision(3)} s`;
}

function bar(y: number, seconds: number, longest: number, kind: 'ours' | 'peer'): string {
  const width = (BARS * seconds) / longest;
  return `<rect class="${kind}" x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}"/><text x="${(LABELS + width + 6).toFixed(1)}" y="${y + BAR - 1}">${time(seconds)}</text>`;
}

/** A case: its title, and a pair of bars for each row that has a peer. */
function panel({ title, threads, statistics, machine }: Entry, y: number): { svg: string; height: number } {
  const rows = statistics.filter(
    (row): row is Row & { peer: NonNullable<Row['peer']> } => row.unit === 'seconds' && row.peer != null,
  );
  const longest = Math.max(...rows.flatMap(({ ours, peer }) => [ours.middle, peer.middle]));
  const lines = rows.map(({ title: label, ours, peer }, i) => {
    const top = y + HEAD + i * ROW;
    return `<text x="${LABELS - 10}" y="${top + BAR + 4}" text-anchor="end">${label.replaceAll('`', '')}</text>${bar(top, ours.middle, longest, 'ours')}${bar(top + BAR + 1, peer.middle, longest, 'peer')}`;
  });
  const heading = `<text class="t" x="10" y="${y + 22}">${title}: ${machine.cpu}, ${threads} threads</text>`;
  return { svg: heading + lines.join(''), height: HEAD + rows.length * ROW + 10 };
}

function image(results: readonly Entry[]): string {
  let y = 30;
  // Of each case the newest: those of other processors stand behind it.
  const panels = CASES.flatMap(
    (name) => results.find((result) => result.name === name && result.device === 'cpu') ?? [],
  ).map((result) => {
    const { svg, height } = panel(result, y);
    y += height;
    return svg;
  });
  const width = LABELS + BARS + NUMBERS;
  const legend = `<rect class="ours" x="10" y="8" width="${BAR}" height="${BAR}"/><text x="26" y="18">torchts</text><rect class="peer" x="100" y="8" width="${BAR}" height="${BAR}"/><text x="116" y="18">the peer that the row names, else PyTorch in Python; the median of its turns, shorter is faster</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" font-family="sans-serif" font-size="12">
<style>rect.ours{fill:#2563eb}rect.peer{fill:#9ca3af}text{fill:#374151}.t{font-weight:bold}@media (prefers-color-scheme:dark){text{fill:#d1d5db}}</style>
${legend}
${panels.join('\n')}
</svg>
`;
}

const results = JSON.parse(readFileSync(join(ROOT, 'bench', 'results.json'), 'utf8')) as Entry[];
writeFileSync(join(ROOT, 'docs', 'speed.svg'), image(results));
