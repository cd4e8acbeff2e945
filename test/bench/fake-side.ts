import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../../bench/bench-process';

/** A side that speaks the protocol in a process of its own and computes nothing. */
export interface FakeSide {
  readonly check?: readonly number[];
  /** Its answers in turn, whatever is asked. */
  readonly values: readonly number[];
  /** Dies at this turn, counted from 0, with these words. */
  readonly dies?: { readonly turn: number; readonly words: string };
  /** File that the sides write their turns into. */
  readonly log?: string;
}

/** Writes the program into `folder`. */
export function fakeSide(folder: string, name: string, { check = [], values, dies, log }: FakeSide): Command {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(
    file,
    `const { appendFileSync } = require('node:fs');
const say = (line) => process.stdout.write(JSON.stringify(line) + '\\n');
say({ facts: { fake: ${JSON.stringify(name)} }, check: ${JSON.stringify(check)} });
const values = ${JSON.stringify(values)};
const dies = ${JSON.stringify(dies ?? null)};
let turn = 0;
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  if (dies && dies.turn === turn) {
    console.error(dies.words);
    process.exit(3);
  }
  ${log ? `appendFileSync(${JSON.stringify(log)}, ${JSON.stringify(name)} + ' ' + line + '\\n');` : ''}
  say({ value: values[turn++ % values.length] });
});
`,
  );
  return { program: process.execPath, args: [file, '{}'] };
}

const TICKS = String.raw`
const { appendFileSync } = require('node:fs');
let left = Number(process.argv[2]);
const timer = setInterval(() => {
  appendFileSync(process.argv[1], Date.now() + '\n');
  if (--left === 0) clearInterval(timer);
}, 10);
`;

/** A side whose turn is a process that it starts, which writes the time into `file` every 10 ms. */
export function tickingSide(
  folder: string,
  name: string,
  { file, ticks }: { readonly file: string; readonly ticks: number },
): Command {
  const program = join(folder, `${name}.cjs`);
  writeFileSync(
    program,
    String.raw`
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
say({ facts: {}, check: [] });
require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
  require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(TICKS)}, ${JSON.stringify(file)}, ${ticks}]).on('close', () => say({ value: 7 }));
});
`,
  );
  return { program: process.execPath, args: [program, '{}'] };
}
