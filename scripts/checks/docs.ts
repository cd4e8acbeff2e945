import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { lineOf } from './sources';

/**
 * Every symbol that the package exports, in its namespaces too, that nothing is said about. A bag of options is explained when
 * each of its fields is.
 */
export function checkDocs(root: string): string[] {
  const index = join(root, 'ts/index.ts');
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root);
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const missing = new Set<string>();
  const seen = new Set<ts.Symbol>();

  function visit(module: ts.Symbol): void {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (seen.has(symbol)) continue;
      seen.add(symbol);
      if (symbol.flags & ts.SymbolFlags.ValueModule) visit(symbol);
      else if (symbol.getDocumentationComment(checker).length === 0 && !isExplained(symbol)) missing.add(`${placeOf(symbol, root)} exports ${exported.name} without a word on it.`);
    }
  }

  visit(checker.getSymbolAtLocation(program.getSourceFile(index)!)!);
  return [...missing].sort();
}

function isExplained(symbol: ts.Symbol): boolean {
  const fields = (symbol.declarations ?? []).filter(ts.isInterfaceDeclaration).flatMap(({ members }) => [...members]);
  return fields.length > 0 && fields.every((field) => ts.getJSDocCommentsAndTags(field).length > 0);
}

function placeOf(symbol: ts.Symbol, root: string): string {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration) return 'The package';
  const file = declaration.getSourceFile();
  return `${relative(root, file.fileName).split(sep).join('/')}:${lineOf(file, declaration.getStart())}`;
}
