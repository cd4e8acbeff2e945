/** The examples of a page, or of a source's docstrings, made into programs. */

export interface Example {
  /** The line of the page, or source, that it begins at. */
  readonly line: number;
  readonly program: string;
  /** What it says it prints; undefined when it does not say. */
  readonly prints: readonly string[] | undefined;
}

const PROLOGUE = "import { data, nn, npz, optim, torch } from 'torchts';\n";
const USED = 'void [data, nn, npz, optim, torch];\n';

/** What the examples of docstrings have in common. */
const GIVEN = `
const device = torch.cuda.isAvailable() ? 'cuda' : 'cpu';
const model = new nn.Linear(4, 4).to(device);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const input = torch.rand([2, 4], { device });
void [model, optimizer, input];
`;

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

/**
 * Each piece of code of a cell is a statement of its own; a comment before the table gives what they have in common, `x` among
 * it. Where PyTorch's piece assigns to `x`, and only there, ours must change it.
 */
function tables(page: string): Example[] {
  return [
    ...page.matchAll(/^<!-- given: (.*) -->\n\n\| PyTorch \| torchts \|\n\| --- \| --- \|\n((?:\|.*\|\n)+)/gm),
  ].map(({ 1: given, 2: rows, index }) => {
    const statements = [...rows!.matchAll(/^\| (.*) \| (`.*`) \|$/gm)].flatMap(([, theirs, ours]) => {
      const originals = piecesOf(theirs!);
      return piecesOf(ours!).map((code, i) => statement(code, /^x(\[.*\])? [-+*/]?= /.test(originals[i] ?? '')));
    });
    return {
      line: lineAt(page, index),
      program: `${PROLOGUE}${given}\n${statements.join('\n')}\n${USED}`,
      prints: undefined,
    };
  });
}

function piecesOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

function statement(code: string, changes: boolean): string {
  const run = /^(const|for) /.test(code) ? `{ ${code}; }` : `void (${code});`;
  const complaint = JSON.stringify(`${code} ${changes ? 'leaves x as it is' : 'changes x'}, unlike PyTorch's`);
  return `{ const before = x.clone(); ${run} if (x.equal(before) === ${changes}) throw new Error(${complaint}); }`;
}

/** Every `@example` of a source's docstrings. Those of an accelerator compile everywhere and run where there is one. */
export function docstringExamplesOf(source: string): Example[] {
  return [...source.matchAll(/^ *\* @example\n((?: *\*(?!\/| @).*\n)+)/gm)].map(({ 1: comment, index }) => {
    const code = comment!.replaceAll(/^ *\* ?/gm, '');
    const where = /torch\.cuda\.|'cuda'/.test(code) ? 'if (torch.cuda.isAvailable()) ' : '';
    return {
      line: lineAt(source, index),
      program: `${PROLOGUE}${GIVEN}${where}{\n${code}}\n${USED}`,
      prints: where ? undefined : printed(code),
    };
  });
}

function lineAt(page: string, index: number): number {
  return page.slice(0, index).split('\n').length;
}
