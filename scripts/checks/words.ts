import { basename } from 'node:path';
import ts from 'typescript';
import { isGenerated, lineOf, parse, sources, walk, type Source } from './sources';

/** Words that stood for several things at once, or for one that has a name in the field; what to write is in the glossary of docs/architecture.md. */
const RETIRED = new Map([
  ['place', 'index, position, location or device'],
  ['placed', 'what was added to it'],
  ['answer', 'prediction, result or reply'],
  ['figure', 'metric or statistic'],
  ['picture', 'image'],
  ['plain', 'what it is without: unboxed, dense, solid'],
  ['lane', 'background queue'],
  ['errand', 'task'],
  ['loan', 'external buffer'],
  ['burial', 'release'],
  ['relief', 'retry'],
  ['census', 'live tensors'],
  ['contestant', 'bench process'],
  ['duel', 'interleave'],
]);

/** Terms of the language and of PyTorch that hold one of these words. */
const TERMS = /in_?place|plain[_-]?object/gi;

/** Every identifier and file name that holds a retired word; tests may call a case plain. */
export function checkWords(root: string): string[] {
  const files = sources(
    root,
    ['ts', 'native', 'scripts', 'bench', 'examples'],
    ['.ts', '.mjs', '.cjs', '.cc', '.h', '.py'],
  ).filter((file) => !isGenerated(file));
  return files.flatMap((file) => [...nameOf(file), ...(file.path.endsWith('.ts') ? declarationsOf(file) : [])]);
}

function nameOf({ path }: Source): string[] {
  const word = retiredIn(basename(path).replace(/\.\w+$/, ''));
  return word === undefined ? [] : [`${path} has the word "${word}" in its name: say ${RETIRED.get(word)!}.`];
}

function declarationsOf(source: Source): string[] {
  const found: string[] = [];
  const file = parse(source);
  walk(file, (node) => {
    if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return;
    const parent = node.parent as ts.NamedDeclaration;
    const isDeclared = parent.name === node && !ts.isPropertyAccessExpression(parent);
    const word = isDeclared ? retiredIn(node.text) : undefined;
    if (word !== undefined)
      found.push(
        `${source.path}:${lineOf(file, node.getStart())} declares ${node.text}: say ${RETIRED.get(word)!} for "${word}".`,
      );
  });
  return found;
}

function retiredIn(name: string): string | undefined {
  const words = name
    .replace(TERMS, '')
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/)
    .map((word) => word.toLowerCase());
  return words.map((word) => word.replace(/s$/, '')).find((word) => RETIRED.has(word));
}
