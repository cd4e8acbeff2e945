/**
 * Runs 10,000 training steps of two loops of test/leak/loops.ts, draws docs/memory.svg of them and prints the figures beside it:
 *
 *     make memory-plot
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, thisMachine } from '../bench/machine';
import { median, rises } from '../test/leak/flatness';
import { courseOf } from '../test/leak/course';
import type { Sample } from '../test/leak/samples';

const ROOT = join(__dirname, '..');
const LOOPS = ['synchronous, with scopes', 'synchronous, without any explicit call'] as const;
const MB = 1e6;
const ROWS = [
  { name: 'resident', title: 'Resident memory of the process, MB', unit: MB },
  { name: 'allocated', title: 'What libtorch’s allocator has out, MB', unit: MB },
  { name: 'tensors', title: 'Live tensors', unit: 1 },
] as const;
const WIDTH = 420,
  HEIGHT = 120,
  LEFT = 56,
  TOP = 44,
  GAP = 40;

const STEPS = 10_000;

const courses = LOOPS.map((loop) => ({ loop, samples: courseOf(loop, { steps: STEPS }).samples }));

const round = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });

/** The first of 1, 2, 5, 10, 20, … that is not below `value`. */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((digit) => digit * power >= value)!;
}

function panel(
  samples: readonly Sample[],
  { name, unit }: (typeof ROWS)[number],
  top: number,
  x: number,
  y: number,
): string {
  const last = samples.at(-1)!.step;
  const at = (sample: Sample): string =>
    `${(x + (WIDTH * sample.step) / last).toFixed(1)},${(y + HEIGHT * (1 - sample[name] / unit / top)).toFixed(1)}`;
  const grid = [0, 0.5, 1].map((part) => {
    const height = y + HEIGHT * (1 - part);
    return `<path class="g" d="M${x} ${height}h${WIDTH}"/><text x="${x - 6}" y="${height + 4}" text-anchor="end">${round(top * part)}</text>`;
  });
  const steps = `<text x="${x}" y="${y + HEIGHT + 15}">0</text><text x="${x + WIDTH}" y="${y + HEIGHT + 15}" text-anchor="end">${round(last)} steps</text>`;
  return `${grid.join('')}${steps}<polyline points="${samples.map(at).join(' ')}"/>`;
}

function image(): string {
  const columns = courses.map(
    ({ loop }, i) => `<text class="t" x="${LEFT + i * (WIDTH + LEFT)}" y="16">${loop}</text>`,
  );
  const rows = ROWS.flatMap((row, i) => {
    const y = TOP + i * (HEIGHT + GAP);
    // One scale for both loops, so that they can be compared.
    const top = ceiling(
      Math.max(...courses.flatMap(({ samples }) => samples.map((sample) => sample[row.name] / row.unit))),
    );
    return [
      `<text class="t" x="${LEFT}" y="${y - 8}">${row.title}</text>`,
      ...courses.map(({ samples }, k) => panel(samples, row, top, LEFT + k * (WIDTH + LEFT), y)),
    ];
  });
  const [width, height] = [LEFT + 2 * WIDTH + LEFT + 16, TOP + ROWS.length * (HEIGHT + GAP)];
  const style =
    'text{font:11px sans-serif;fill:#5d6673}.t{font-weight:600}.g{stroke:#c9cfd6;stroke-width:.5}polyline{fill:none;stroke:#2468b8;stroke-width:1.2}';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><!-- scripts/memory-plot.ts draws this. DO NOT EDIT. -->
<style>${style}</style><rect width="100%" height="100%" fill="#fff"/>
${[...columns, ...rows].join('\n')}
</svg>
`;
}

/** The median of the second and of the last quarter, as the test compares them. */
function statistics(): string {
  const lines = courses.flatMap(({ loop, samples }) =>
    ROWS.map(({ name, unit }) => {
      const quarter = samples.length >> 2;
      const [before, after] = [quarter, samples.length - quarter].map((from) =>
        median(samples.slice(from, from + quarter).map((sample) => sample[name] / unit)),
      );
      return `| ${loop} | ${name} | ${round(before!)} | ${round(after!)} | ${round(Math.max(...samples.map((sample) => sample[name] / unit)))} |`;
    }),
  );
  return ['| loop | | second quarter | last quarter | most |', '|---|---|---|---|---|', ...lines].join('\n');
}

for (const { loop, samples } of courses)
  if (rises(samples).length > 0) throw new Error(`${loop} is not flat: ${rises(samples).join(', ')}`);
writeFileSync(join(ROOT, 'docs/memory.svg'), image());
const { cpu, cores, system } = thisMachine();
console.log(`${statistics()}\n\n${cpu}, ${cores} cores, ${system}, Node ${process.version}, load ${load()}`);
