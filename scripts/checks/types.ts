import ts from 'typescript';
import { lineOf, parse, sources, walk } from './sources';

/** Every `any` and every comment that silences the compiler: types are to be stated, not switched off. */
export function checkTypes(root: string): string[] {
  return sources(root, ['ts', 'scripts', 'bench', 'examples', 'test'], ['.ts']).flatMap((source) => {
    const file = parse(source);
    const found: string[] = [];
    walk(file, (node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword)
        found.push(`${source.path}:${lineOf(file, node.getStart())} says any; name the type, or unknown.`);
    });
    for (const match of source.text.matchAll(/\/[/*]\s*@ts-(ignore|nocheck)/g)) {
      found.push(`${source.path}:${lineOf(file, match.index)} switches the type check off.`);
    }
    return found;
  });
}
