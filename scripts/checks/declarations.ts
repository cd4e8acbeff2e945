import ts from 'typescript';
import { lineOf, parse, sources, walk } from './sources';

/** Every `any` in the compiled declarations: what the compiler inferred is part of what users see, too. */
export function checkDeclarations(root: string): string[] {
  return sources(root, ['dist'], ['.d.ts']).flatMap((source) => {
    const file = parse(source);
    const found: string[] = [];
    walk(file, (node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword)
        found.push(`${source.path}:${lineOf(file, node.getStart())} says any; state the type in the source.`);
    });
    return found;
  });
}
