import { posix } from 'node:path';
import ts from 'typescript';
import { parse, type Source, sources } from './sources';

/** Loads the addon as soon as it is imported. */
const ADDON = 'ts/native/binding.ts';

/**
 * Each command whose program imports the addon before it runs, with the way there, one sentence each. On a new machine there is
 * no addon: `--help` has to work, and the first command that needs it has to get it.
 */
export function checkCommands(root: string): string[] {
  const files = new Map(sources(root, ['ts'], ['.ts']).map((file) => [file.path, file]));
  const programs = [...files.values()].filter(({ path, text }) => path.startsWith('ts/cli/') && text.startsWith('#!'));
  return programs.flatMap(({ path }) => {
    const way = wayTo(ADDON, path, files);
    return way === undefined ? [] : [`${path} loads the addon before its command is known: ${way.join(' -> ')}.`];
  });
}

/** The shortest way from a file to another through imports that are followed as soon as a file is loaded. */
function wayTo(target: string, start: string, files: ReadonlyMap<string, Source>): string[] | undefined {
  const ways = [[start]];
  const seen = new Set([start]);
  for (const way of ways) {
    const last = way.at(-1)!;
    if (last === target) return way;
    for (const next of loadedBy(files.get(last)!, files)) {
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

function loadedBy(file: Source, files: ReadonlyMap<string, Source>): string[] {
  return parse(file).statements.flatMap((statement) => {
    const name = loadedName(statement);
    if (name === undefined || !name.startsWith('.')) return [];
    const target = posix.join(posix.dirname(file.path), name);
    return [`${target}.ts`, `${target}/index.ts`].filter((candidate) => files.has(candidate)).slice(0, 1);
  });
}

/** The module that a statement loads; one that takes types alone loads nothing. */
function loadedName(statement: ts.Statement): string | undefined {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined;
  const { moduleSpecifier } = statement;
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier) || takesTypesAlone(statement))
    return undefined;
  return moduleSpecifier.text;
}

function takesTypesAlone(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) {
    const names = statement.exportClause;
    return statement.isTypeOnly || (names !== undefined && ts.isNamedExports(names) && allTypes(names.elements));
  }
  const clause = statement.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  return clause.name === undefined && names !== undefined && ts.isNamedImports(names) && allTypes(names.elements);
}

function allTypes(names: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]): boolean {
  return names.every(({ isTypeOnly }) => isTypeOnly);
}
