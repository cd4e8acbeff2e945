/** The examples of a page, made into programs. */

export interface Example {
  /** The line of the page that it begins at. */
  readonly line: number;
  readonly program: string;
  /** What it says it prints; undefined when it does not say. */
  readonly prints: readonly string[] | undefined;
}

const PROLOGUE = "import { data, nn, npz, optim, torch } from 'torchts';\n";
const USED = 'void [data, nn, npz, optim, torch];\n';

/** Every block of TypeScript, and every table whose second column is TypeScript. */
export function examplesOf(page: string): Example[] {
  return [...blocks(page), ...tables(page)];
}

function blocks(page: string): Example[] {
  return [...page.matchAll(/^```ts\n([^]*?)^```/gm)].map(({ 1: code, index }) => ({
    line: lineAt(page, index),
    program: /^import /m.test(code!) ? code! : `${PROLOGUE}${code}${USED}`,
    prints: printed(code!),
  }));
}

/** The comments behind `console.log(…);`. */
function printed(code: string): string[] | undefined {
  const comments = [...code.matchAll(/^ *console\.log\(.*\);(?: \/\/ (.*))?$/gm)].map(([, comment]) => comment);
  return comments.length > 0 && comments.every((comment) => comment !== undefined) ? comments : undefined;
}

/** Each piece of code of a cell is a statement of its own; a comment before the table gives what they have in common. */
function tables(page: string): Example[] {
  return [...page.matchAll(/^<!-- given: (.*) -->\n\n\| PyTorch \| torchts \|\n\| --- \| --- \|\n((?:\|.*\|\n)+)/gm)].map(({ 1: given, 2: rows, index }) => {
    const cells = [...rows!.matchAll(/^\| .* \| (`.*`) \|$/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, code]) => code!));
    const statements = cells.map((code) => (/^(const|for) /.test(code) ? `{ ${code}; }` : `void (${code});`));
    return { line: lineAt(page, index), program: `${PROLOGUE}${given}\n${statements.join('\n')}\n${USED}`, prints: undefined };
  });
}

function lineAt(page: string, index: number): number {
  return page.slice(0, index).split('\n').length;
}
