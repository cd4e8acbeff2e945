/** The command line of the runner. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from './case';
import { cases } from './cases';

export const USAGE = `Usage: node build/bench/run.js [options]
  --only <case,…>   of ${cases.map(({ name }) => name).join(', ')}
  --rounds <n>      rounds that count (default: each case's own)
  --device <name>   cpu or cuda (default: cpu)
  --long            also the cases that take an hour
  --smoke           tiny sizes: shows that the cases work, measures and writes nothing
  --out <folder>    where results.md and results.json go (default: bench)
The peers need a Python with torch and transformers: TORCHTS_PYTHON, else python3.`;

export interface Options {
  readonly chosen: readonly Case[];
  readonly rounds?: number;
  readonly device: 'cpu' | 'cuda';
  readonly smoke: boolean;
  readonly out?: string;
}

/** @throws Error that says what is wrong with the command line; ends the process after --help */
export function readOptions(root: string): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      long: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const names = values.only?.split(',');
  const unknown = names?.find((name) => !cases.some((bench) => bench.name === name));
  if (unknown !== undefined) throw new Error(`there is no case '${unknown}'`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds takes a whole number from 1, not '${values.rounds}'`);
  const { device } = values;
  if (device !== 'cpu' && device !== 'cuda') throw new Error(`--device takes cpu or cuda, not '${device}'`);
  const chosen = cases.filter(({ name, long }) => (names ? names.includes(name) : !long || values.long));
  return {
    chosen,
    rounds,
    device,
    smoke: values.smoke,
    out: values.out ?? (values.smoke ? undefined : join(root, 'bench')),
  };
}
