import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { isGenerated, lineOf } from './sources';

type Found = (declaration: ts.Declaration | undefined, name: string) => void;

/**
 * Every symbol that the package exports, in its namespaces too, that nothing is said about. A bag of options is explained when
 * each of its fields is.
 *
 * So is every member that a user reaches through them: of classes, inherited ones too, of interfaces what is called, and of
 * objects that hold functions, however deep. Asked for are members written by hand in ts/. Explained elsewhere are:
 *
 * - what overrides or implements a member that has a sentence: the reader is shown that one;
 * - a member of an object that is another symbol (`{ stream: onStream }`), where that symbol is explained;
 * - constructors, by their class, and what the language calls, such as `[Symbol.dispose]`;
 * - fields of modules: PyTorch's names for the parameters and children, whose shapes the class states, and the options that
 *   the constructor was given.
 */
export function checkDocs(root: string): string[] {
  const index = join(root, 'ts/index.ts');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const missing = new Set<string>();
  const seen = new Set<ts.Symbol>();
  const found: Found = (declaration, name) =>
    missing.add(`${locationOf(declaration, root)} exports ${name} without a word on it.`);
  const members = new Members(checker, root, found);

  function visit(module: ts.Symbol): void {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = resolved(exported, checker);
      if (seen.has(symbol)) continue;
      seen.add(symbol);
      if (symbol.flags & ts.SymbolFlags.ValueModule) {
        visit(symbol);
        continue;
      }
      if (symbol.getDocumentationComment(checker).length === 0 && !isExplained(symbol))
        found(symbol.declarations?.[0], exported.name);
      members.visit(symbol, exported.name);
    }
  }

  visit(checker.getSymbolAtLocation(program.getSourceFile(index)!)!);
  return [...missing].sort();
}

/** Looks at the members of what is exported. */
class Members {
  readonly #seen = new Set<ts.Declaration>();

  constructor(
    readonly checker: ts.TypeChecker,
    readonly root: string,
    readonly found: Found,
  ) {}

  visit(symbol: ts.Symbol, name: string): void {
    const { checker } = this;
    if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))
      this.#visitInstances(checker.getDeclaredTypeOfSymbol(symbol), name);
    if (!(symbol.flags & ts.SymbolFlags.Value)) return;
    const type = checker.getTypeOfSymbol(symbol);
    for (const signature of type.getConstructSignatures()) this.#visitInstances(signature.getReturnType(), name);
    if (symbol.flags & ts.SymbolFlags.Class) this.#visitInstances(type, name);
    else this.#visitObject(type, name);
  }

  /** The members of an instance, or the static ones of a class. */
  #visitInstances(type: ts.Type, name: string): void {
    const module = isModule(type, this.checker);
    for (const member of type.getProperties()) {
      const declaration = this.#asked(member);
      if (!declaration) continue;
      const called = this.#isCalled(member);
      if (ts.isInterfaceDeclaration(declaration.parent) && !called) continue;
      if (module && isField(declaration)) continue;
      if (!this.#isExplained(member)) this.found(declaration, `${ownerOf(declaration) ?? name}.${member.name}`);
    }
  }

  /** @returns whether it is a namespace: an object with functions, accessors, or such an object, in it */
  #visitObject(type: ts.Type, name: string): boolean {
    const members = type
      .getProperties()
      .filter((member) => member.declarations?.some(({ parent }) => ts.isObjectLiteralExpression(parent)));
    const inner = members
      .filter((member) => !this.#isCalled(member))
      .map((member) => [member, this.checker.getTypeOfSymbol(member)] as const);
    const namespaces = new Set(
      inner.filter(([member, own]) => this.#visitObject(own, `${name}.${member.name}`)).map(([member]) => member),
    );
    if (
      !members.some(
        (member) => namespaces.has(member) || member.flags & ts.SymbolFlags.Accessor || this.#isCalled(member),
      )
    )
      return false;
    for (const member of members) {
      const declaration = this.#asked(member);
      if (declaration && !namespaces.has(member) && !this.#isExplained(member))
        this.found(declaration, `${name}.${member.name}`);
    }
    return true;
  }

  /** The declaration of a member that a user is to know, when it is met first. */
  #asked({ declarations: [declaration] = [] }: ts.Symbol): ts.Declaration | undefined {
    if (!declaration || this.#seen.has(declaration)) return undefined;
    this.#seen.add(declaration);
    const file = declaration.getSourceFile();
    const path = relative(this.root, file.fileName).split(sep).join('/');
    if (!path.startsWith('ts/') || isGenerated({ path, text: file.text })) return undefined;
    if (ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected))
      return undefined;
    if (ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal')) return undefined;
    const named = ts.getNameOfDeclaration(declaration);
    return named && (ts.isIdentifier(named) || ts.isStringLiteral(named)) ? declaration : undefined;
  }

  #isCalled(member: ts.Symbol): boolean {
    if (member.flags & ts.SymbolFlags.Method) return true;
    const type = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(member));
    return type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0;
  }

  #isExplained(symbol: ts.Symbol): boolean {
    if (symbol.getDocumentationComment(this.checker).length > 0) return true;
    const other = symbol.declarations
      ?.map((declaration) => this.#otherName(declaration))
      .find((known) => known !== undefined);
    return other !== undefined && this.#isExplained(resolved(other, this.checker));
  }

  /** The symbol that a member of an object is. */
  #otherName(declaration: ts.Declaration): ts.Symbol | undefined {
    if (ts.isShorthandPropertyAssignment(declaration))
      return this.checker.getShorthandAssignmentValueSymbol(declaration);
    if (!ts.isPropertyAssignment(declaration)) return undefined;
    const { initializer } = declaration;
    return ts.isIdentifier(initializer) || ts.isPropertyAccessExpression(initializer)
      ? this.checker.getSymbolAtLocation(initializer)
      : undefined;
  }
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function isModule(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (!type.isClass()) return false;
  const bases = checker.getBaseTypes(type).flatMap((base) => (base.isIntersection() ? base.types : [base]));
  // What no class or interface declares, such as a mapped type, is none.
  const named = bases.map(({ symbol }) => symbol as ts.Symbol | undefined).filter((symbol) => symbol !== undefined);
  return named.some((base) => base.name === 'Module' || isModule(checker.getDeclaredTypeOfSymbol(base), checker));
}

function isField(declaration: ts.Declaration): boolean {
  return ts.isPropertyDeclaration(declaration) || ts.isParameter(declaration);
}

/** The class or interface that a member stands in. */
function ownerOf({ parent }: ts.Declaration): string | undefined {
  const owner = ts.isConstructorDeclaration(parent) ? parent.parent : parent;
  return ts.isClassLike(owner) || ts.isInterfaceDeclaration(owner) ? owner.name?.text : undefined;
}

function isExplained(symbol: ts.Symbol): boolean {
  const fields = (symbol.declarations ?? []).filter(ts.isInterfaceDeclaration).flatMap(({ members }) => [...members]);
  return fields.length > 0 && fields.every((field) => ts.getJSDocCommentsAndTags(field).length > 0);
}

function locationOf(declaration: ts.Declaration | undefined, root: string): string {
  if (!declaration) return 'The package';
  const file = declaration.getSourceFile();
  return `${relative(root, file.fileName).split(sep).join('/')}:${lineOf(file, declaration.getStart())}`;
}
