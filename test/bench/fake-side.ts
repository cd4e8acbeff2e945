import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../../bench/contestant';

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
