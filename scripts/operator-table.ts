/**
 * Writes docs/operators.md, what the goldens of PyTorch's operator database cover:
 *
 *     npx tsx scripts/operator-table.ts          writes the file
 *     npx tsx scripts/operator-table.ts --check  exit code 1 when it is out of date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDatabase, type OperatorCase } from '../test/tensor/operator-database/cases';
import { EXCEPTIONS } from '../test/tensor/operator-database/exceptions';
import { waysOf } from '../test/tensor/operator-database/replay';

const path = join(__dirname, '../docs/operators.md');
const { torch, operators, silent, refused, cases } = readDatabase();

const unique = (values: readonly string[]): string[] => [...new Set(values)];

function row(op: string, all: readonly OperatorCase[]): string {
  const called = unique(all.flatMap(({ calls }) => calls.map(([name]) => name)).filter((name) => name !== 'seed'));
  const typed = called.filter((name) => !waysOf(name).includes('ops')).length;
  const through = typed === called.length ? 'typed' : typed === 0 ? '`torch.ops`' : 'both';
  const gradients = all.filter(({ gradients: found }) => found && found.of.length > 0).length;
  const dtypes = unique(all.map(({ dtype }) => dtype)).join(', ');
  const kinds = unique(all.map(({ kind }) => kind).filter((kind) => kind !== 'plain')).join(', ');
  return `| ${op} | ${dtypes} | ${all.length} | ${gradients || '–'} | ${kinds || '–'} | ${through} | ${op in EXCEPTIONS ? `**no**: ${EXCEPTIONS[op]}` : 'yes'} |`;
}

const total = [...cases.values()].flat();
const passing = [...cases.keys()].filter((op) => !(op in EXCEPTIONS)).length;
const absent = Object.entries(silent);
const onCpu = operators - absent.filter(([, why]) => /CUDA|CPU/.test(why)).length;
const text = `# Operators

<!-- Written by scripts/operator-table.ts from the goldens; \`make test\` compares. -->

PyTorch tests its operators by a database of its own (\`op_db\`, ${torch}): ${operators} entries, each an operator or a variant of one, with sample inputs. \`scripts/golden/operator_database.py\` records what PyTorch makes of small samples in six element types, non-contiguous, expanded, empty and without dimensions among them, and the gradients. \`test/tensor/operator-database\` replays all of it here and compares values, types and shapes: ${total.length} cases, ${total.filter(({ gradients }) => gradients && gradients.of.length > 0).length} of them with gradients.

**${passing} of the ${onCpu} entries that run on a CPU pass (${((100 * passing) / onCpu).toFixed(1)} %).** The others:

${[...Object.entries(EXCEPTIONS), ...absent].map(([op, why]) => `- ${op}: ${why}`).join('\n')}

Layouts of the samples that PyTorch itself refuses, and that have no golden for it:

${Object.entries(refused)
  .flatMap(([op, all]) => all.map((why) => `- ${op}, ${why}`))
  .join('\n')}

"through" says how the calls are made: by the typed surface (\`torch.add\`, \`x.add\`, in turn), or by \`torch.ops\` where PyTorch itself has no public name for the operator, or where the typed one is written by hand and has tests of its own (factories such as \`zeros\`, \`to\`, indexing).

| entry | element types | cases | with gradients | also | through | passes |
| --- | --- | --- | --- | --- | --- | --- |
${[...cases].map(([op, all]) => row(op, all)).join('\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8') !== text) {
  console.error('docs/operators.md is out of date: run `npx tsx scripts/operator-table.ts` and commit it');
  process.exitCode = 1;
}
