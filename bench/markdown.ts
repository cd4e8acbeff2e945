/** How figures are written down. */
import type { Unit } from './case';
import type { Statistics, Spread } from './statistics';
import type { Entry } from './results';

const COLUMNS = ['what', 'ours', 'peer', 'ours : peer', 'target', 'result'];

export function renderMarkdown(entries: readonly Entry[]): string {
  const short = entries.flatMap((entry) =>
    entry.statistics
      .filter(({ reached }) => reached === false)
      .map(
        (statistics) =>
          `- ${entry.title}, ${statistics.title}: ${comparisonText(statistics)}, ${targetText(statistics)} wanted (${entry.machine.cpu})`,
      ),
  );
  return `# Measured figures

Written by \`make bench\`; the cases are the files of this folder, each beside its twin in Python. Both sides of a case run in
one go and take turns, measure by measure, each in its own process and with the same number of threads; who goes first
changes from round to round. A figure is the median over the rounds, the quartiles in brackets; the comparison is the median
over the pairs of turns that were next to each other. Peak memory is the highest of the whole run.

## What falls short

${short.length > 0 ? short.join('\n') : 'Nothing: every target of the figures below is reached.'}

${entries.map(section).join('\n\n')}
`;
}

function section(entry: Entry): string {
  const device = entry.device === 'cpu' ? '' : ` (${entry.device})`;
  return `## ${entry.title}${device}

${entry.about}

${grid(entry.statistics)}

${provenance(entry)
  .map((line) => `- ${line}`)
  .join('\n')}`;
}

function grid(statistics: readonly Statistics[]): string {
  const rows = [COLUMNS, COLUMNS.map(() => '---'), ...statistics.map(cells)];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** One figure as the cells of a row. */
export function cells(statistics: Statistics): string[] {
  const { title, unit, ours, peer, reached } = statistics;
  const verdict = reached === null ? '–' : reached ? 'pass' : '**short**';
  return [
    title,
    spreadText(ours, unit),
    peer ? spreadText(peer, unit) : 'absent',
    comparisonText(statistics),
    targetText(statistics),
    verdict,
  ];
}

function provenance({ machine, load, date, command, commit, threads, rounds, facts, absent, device }: Entry): string[] {
  const gpus = device === 'cpu' ? '' : `, ${machine.gpus.join(', ')}`;
  const names = (side: Readonly<Record<string, string>>): string =>
    Object.entries(side)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ');
  return [
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB${gpus}, ${machine.system}; load before the case ${load}`,
    `Ours: ${names(facts.ours)}${commit ? `, commit ${commit}` : ''}. Peer: ${facts.peer ? names(facts.peer) : `absent (${absent})`}`,
    `${threads} thread${threads === 1 ? '' : 's'} each, ${rounds} round${rounds === 1 ? '' : 's'}; ${date}: \`${command}\``,
  ];
}

function comparisonText({ comparison, unit, byDifference }: Statistics): string {
  if (!comparison) return '–';
  if (byDifference) return `${comparison.middle > 0 ? '+' : ''}${spreadText(comparison, unit)}`;
  const { low, middle, high } = comparison;
  const text = (value: number): string =>
    unit === 'points' ? `${value > 0 ? '+' : ''}${value.toFixed(2)}` : value.toFixed(3);
  return low === high ? text(middle) : `${text(middle)} (${text(low)} to ${text(high)})`;
}

function targetText({ target, unit, byDifference }: Statistics): string {
  if (!target) return '–';
  if (byDifference)
    return `at most ${spreadText({ low: target.atMost!, middle: target.atMost!, high: target.atMost! }, unit)} more`;
  const name = unit === 'points' ? ' points' : '';
  return target.atMost === undefined ? `at least ${target.atLeast}${name}` : `at most ${target.atMost}${name}`;
}

function spreadText({ low, middle, high }: Spread, unit: Unit): string {
  const [scale, name] = magnitude(middle, unit);
  const text = (value: number): string => digits(value / scale);
  return low === high ? `${text(middle)} ${name}` : `${text(middle)} ${name} (${text(low)} to ${text(high)})`;
}

function magnitude(value: number, unit: Unit): [scale: number, name: string] {
  if (unit === 'bytes') return [2 ** 20, 'MiB'];
  if (unit === 'rate') return [1, 'images/s'];
  if (unit === 'points') return [1, '%'];
  const size = Math.abs(value);
  return size < 1e-3 ? [1e-6, 'µs'] : size < 1 ? [1e-3, 'ms'] : [1, 's'];
}

function digits(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
